//! Countries: their codes, and how their telephone numbers are written.
//!
//! Sources, facts only: ISO 3166-1 (codes), HL7 table 0399 (names), the metadata of libphonenumber 9.0, Apache-2.0 (calling codes, trunk prefixes,
//! lengths of national numbers, after the national plans that ITU-T E.164 lists).

/// A country or territory.
pub(super) struct Country {
    pub(super) alpha3: &'static str,
    pub(super) alpha2: &'static str,
    pub(super) name: &'static str,
    /// Its calling code; empty if it has none of its own.
    pub(super) calling: &'static str,
    /// What is dialled before a national number inside the country.
    pub(super) trunk: &'static str,
    /// The least and the greatest length of a national number.
    pub(super) digits: (usize, usize),
}

/// Names that people write and ISO does not.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("america", "USA"),
    ("england", "GBR"),
    ("great britain", "GBR"),
    ("holland", "NLD"),
    ("u.k.", "GBR"),
    ("u.s.", "USA"),
    ("u.s.a.", "USA"),
    ("uk", "GBR"),
    ("united kingdom", "GBR"),
    ("united states", "USA"),
    ("united states of america", "USA"),
];

/// The country that a code or an English name means, in any case.
pub(super) fn find(text: &str) -> Option<&'static Country> {
    let text = text.trim();
    let same = |known: &str| known.eq_ignore_ascii_case(text);
    if let Some((_, alpha3)) = OTHER_NAMES.iter().find(|(name, _)| same(name)) {
        return COUNTRIES.iter().find(|country| country.alpha3 == *alpha3);
    }
    COUNTRIES
        .iter()
        .find(|country| same(country.alpha3) || same(country.alpha2) || same(country.name))
}

/// The countries that share the calling code a number begins with, and that code: `1` is that of 25.
pub(super) fn by_number(digits: &str) -> Option<&'static str> {
    COUNTRIES
        .iter()
        .map(|country| country.calling)
        .find(|calling| !calling.is_empty() && digits.starts_with(calling))
}

/// Whether a country of the calling code has national numbers of this length.
pub(super) fn has_length(calling: &str, length: usize) -> bool {
    COUNTRIES
        .iter()
        .any(|country| country.calling == calling && (country.digits.0..=country.digits.1).contains(&length))
}

const fn country(
    alpha3: &'static str,
    alpha2: &'static str,
    name: &'static str,
    calling: &'static str,
    trunk: &'static str,
    digits: (usize, usize),
) -> Country {
    Country {
        alpha3,
        alpha2,
        name,
        calling,
        trunk,
        digits,
    }
}

#[rustfmt::skip]
static COUNTRIES: &[Country] = &[
    country("ABW", "AW", "Aruba", "297", "", (7, 7)),
    country("AFG", "AF", "Afghanistan", "93", "0", (9, 9)),
    country("AGO", "AO", "Angola", "244", "", (9, 9)),
    country("AIA", "AI", "Anguilla", "1", "1", (10, 10)),
    country("ALA", "AX", "Åland Islands", "358", "0", (5, 12)),
    country("ALB", "AL", "Albania", "355", "0", (6, 9)),
    country("AND", "AD", "Andorra", "376", "", (6, 9)),
    country("ARE", "AE", "United Arab Emirates (the)", "971", "0", (5, 12)),
    country("ARG", "AR", "Argentina", "54", "0", (10, 11)),
    country("ARM", "AM", "Armenia", "374", "0", (8, 8)),
    country("ASM", "AS", "American Samoa", "1", "1", (10, 10)),
    country("ATA", "AQ", "Antarctica", "", "", (0, 0)),
    country("ATF", "TF", "French Southern Territories (the)", "", "", (0, 0)),
    country("ATG", "AG", "Antigua and Barbuda", "1", "1", (10, 10)),
    country("AUS", "AU", "Australia", "61", "0", (5, 12)),
    country("AUT", "AT", "Austria", "43", "0", (4, 13)),
    country("AZE", "AZ", "Azerbaijan", "994", "0", (9, 9)),
    country("BDI", "BI", "Burundi", "257", "", (8, 8)),
    country("BEL", "BE", "Belgium", "32", "0", (8, 9)),
    country("BEN", "BJ", "Benin", "229", "", (10, 10)),
    country("BES", "BQ", "Bonaire, Sint Eustatius and Saba", "599", "", (7, 7)),
    country("BFA", "BF", "Burkina Faso", "226", "", (8, 8)),
    country("BGD", "BD", "Bangladesh", "880", "0", (6, 10)),
    country("BGR", "BG", "Bulgaria", "359", "0", (6, 12)),
    country("BHR", "BH", "Bahrain", "973", "", (8, 8)),
    country("BHS", "BS", "Bahamas (the)", "1", "1", (10, 10)),
    country("BIH", "BA", "Bosnia and Herzegovina", "387", "0", (8, 9)),
    country("BLM", "BL", "Saint Barthélemy", "590", "0", (9, 9)),
    country("BLR", "BY", "Belarus", "375", "8", (6, 11)),
    country("BLZ", "BZ", "Belize", "501", "", (7, 11)),
    country("BMU", "BM", "Bermuda", "1", "1", (10, 10)),
    country("BOL", "BO", "Bolivia (Plurinational State of)", "591", "0", (8, 9)),
    country("BRA", "BR", "Brazil", "55", "0", (8, 11)),
    country("BRB", "BB", "Barbados", "1", "1", (10, 10)),
    country("BRN", "BN", "Brunei Darussalam", "673", "", (7, 7)),
    country("BTN", "BT", "Bhutan", "975", "", (7, 8)),
    country("BVT", "BV", "Bouvet Island", "", "", (0, 0)),
    country("BWA", "BW", "Botswana", "267", "", (7, 10)),
    country("CAF", "CF", "Central African Republic (the)", "236", "", (8, 8)),
    country("CAN", "CA", "Canada", "1", "1", (7, 10)),
    country("CCK", "CC", "Cocos (Keeling) Islands (the)", "61", "0", (6, 12)),
    country("CHE", "CH", "Switzerland", "41", "0", (9, 12)),
    country("CHL", "CL", "Chile", "56", "", (9, 11)),
    country("CHN", "CN", "China", "86", "0", (7, 12)),
    country("CIV", "CI", "Côte d'Ivoire", "225", "", (10, 10)),
    country("CMR", "CM", "Cameroon", "237", "", (8, 9)),
    country("COD", "CD", "Congo (the Democratic Republic of the)", "243", "0", (7, 10)),
    country("COG", "CG", "Congo (the)", "242", "", (9, 9)),
    country("COK", "CK", "Cook Islands (the)", "682", "", (5, 5)),
    country("COL", "CO", "Colombia", "57", "0", (8, 11)),
    country("COM", "KM", "Comoros (the)", "269", "", (7, 7)),
    country("CPV", "CV", "Cabo Verde", "238", "", (7, 7)),
    country("CRI", "CR", "Costa Rica", "506", "", (8, 10)),
    country("CUB", "CU", "Cuba", "53", "0", (6, 10)),
    country("CUW", "CW", "Curaçao", "599", "", (7, 8)),
    country("CXR", "CX", "Christmas Island", "61", "0", (6, 12)),
    country("CYM", "KY", "Cayman Islands (the)", "1", "1", (10, 10)),
    country("CYP", "CY", "Cyprus", "357", "", (8, 8)),
    country("CZE", "CZ", "Czechia", "420", "", (9, 12)),
    country("DEU", "DE", "Germany", "49", "0", (4, 15)),
    country("DJI", "DJ", "Djibouti", "253", "", (8, 8)),
    country("DMA", "DM", "Dominica", "1", "1", (10, 10)),
    country("DNK", "DK", "Denmark", "45", "", (8, 8)),
    country("DOM", "DO", "Dominican Republic (the)", "1", "1", (10, 10)),
    country("DZA", "DZ", "Algeria", "213", "0", (8, 9)),
    country("ECU", "EC", "Ecuador", "593", "0", (8, 11)),
    country("EGY", "EG", "Egypt", "20", "0", (8, 10)),
    country("ERI", "ER", "Eritrea", "291", "0", (7, 7)),
    country("ESH", "EH", "Western Sahara*", "212", "0", (9, 9)),
    country("ESP", "ES", "Spain", "34", "", (9, 9)),
    country("EST", "EE", "Estonia", "372", "", (7, 10)),
    country("ETH", "ET", "Ethiopia", "251", "0", (9, 9)),
    country("FIN", "FI", "Finland", "358", "0", (5, 12)),
    country("FJI", "FJ", "Fiji", "679", "", (7, 11)),
    country("FLK", "FK", "Falkland Islands (the) [Malvinas]", "500", "", (5, 5)),
    country("FRA", "FR", "France", "33", "0", (9, 9)),
    country("FRO", "FO", "Faroe Islands (the)", "298", "", (6, 6)),
    country("FSM", "FM", "Micronesia (Federated States of)", "691", "", (7, 7)),
    country("GAB", "GA", "Gabon", "241", "", (7, 8)),
    country("GBR", "GB", "United Kingdom of Great Britain and Northern Ireland (the)", "44", "0", (7, 10)),
    country("GEO", "GE", "Georgia", "995", "0", (9, 9)),
    country("GGY", "GG", "Guernsey", "44", "0", (7, 10)),
    country("GHA", "GH", "Ghana", "233", "0", (8, 9)),
    country("GIB", "GI", "Gibraltar", "350", "", (8, 8)),
    country("GIN", "GN", "Guinea", "224", "", (8, 9)),
    country("GLP", "GP", "Guadeloupe", "590", "0", (9, 9)),
    country("GMB", "GM", "Gambia (the)", "220", "", (7, 9)),
    country("GNB", "GW", "Guinea-Bissau", "245", "", (7, 9)),
    country("GNQ", "GQ", "Equatorial Guinea", "240", "", (9, 9)),
    country("GRC", "GR", "Greece", "30", "", (10, 12)),
    country("GRD", "GD", "Grenada", "1", "1", (10, 10)),
    country("GRL", "GL", "Greenland", "299", "", (6, 6)),
    country("GTM", "GT", "Guatemala", "502", "", (8, 11)),
    country("GUF", "GF", "French Guiana", "594", "0", (9, 9)),
    country("GUM", "GU", "Guam", "1", "1", (10, 10)),
    country("GUY", "GY", "Guyana", "592", "", (7, 7)),
    country("HKG", "HK", "Hong Kong", "852", "", (5, 11)),
    country("HMD", "HM", "Heard Island and McDonald Islands", "", "", (0, 0)),
    country("HND", "HN", "Honduras", "504", "", (8, 11)),
    country("HRV", "HR", "Croatia", "385", "0", (7, 9)),
    country("HTI", "HT", "Haiti", "509", "", (8, 8)),
    country("HUN", "HU", "Hungary", "36", "06", (8, 9)),
    country("IDN", "ID", "Indonesia", "62", "0", (7, 17)),
    country("IMN", "IM", "Isle of Man", "44", "0", (10, 10)),
    country("IND", "IN", "India", "91", "0", (8, 13)),
    country("IOT", "IO", "British Indian Ocean Territory (the)", "246", "", (7, 7)),
    country("IRL", "IE", "Ireland", "353", "0", (7, 10)),
    country("IRN", "IR", "Iran (Islamic Republic of)", "98", "0", (4, 10)),
    country("IRQ", "IQ", "Iraq", "964", "0", (8, 10)),
    country("ISL", "IS", "Iceland", "354", "", (7, 9)),
    country("ISR", "IL", "Israel", "972", "0", (7, 12)),
    country("ITA", "IT", "Italy", "39", "", (6, 12)),
    country("JAM", "JM", "Jamaica", "1", "1", (10, 10)),
    country("JEY", "JE", "Jersey", "44", "0", (10, 10)),
    country("JOR", "JO", "Jordan", "962", "0", (8, 9)),
    country("JPN", "JP", "Japan", "81", "0", (8, 17)),
    country("KAZ", "KZ", "Kazakhstan", "7", "8", (10, 14)),
    country("KEN", "KE", "Kenya", "254", "0", (7, 10)),
    country("KGZ", "KG", "Kyrgyzstan", "996", "0", (9, 10)),
    country("KHM", "KH", "Cambodia", "855", "0", (8, 10)),
    country("KIR", "KI", "Kiribati", "686", "0", (5, 8)),
    country("KNA", "KN", "Saint Kitts and Nevis", "1", "1", (10, 10)),
    country("KOR", "KR", "Korea (the Republic of)", "82", "0", (5, 14)),
    country("KWT", "KW", "Kuwait", "965", "", (7, 8)),
    country("LAO", "LA", "Lao People's Democratic Republic (the)", "856", "0", (8, 10)),
    country("LBN", "LB", "Lebanon", "961", "0", (7, 8)),
    country("LBR", "LR", "Liberia", "231", "0", (7, 9)),
    country("LBY", "LY", "Libya", "218", "0", (9, 9)),
    country("LCA", "LC", "Saint Lucia", "1", "1", (10, 10)),
    country("LIE", "LI", "Liechtenstein", "423", "0", (7, 9)),
    country("LKA", "LK", "Sri Lanka", "94", "0", (9, 9)),
    country("LSO", "LS", "Lesotho", "266", "", (8, 8)),
    country("LTU", "LT", "Lithuania", "370", "0", (8, 8)),
    country("LUX", "LU", "Luxembourg", "352", "", (4, 11)),
    country("LVA", "LV", "Latvia", "371", "", (8, 8)),
    country("MAC", "MO", "Macao", "853", "", (7, 8)),
    country("MAF", "MF", "Saint Martin (French part)", "590", "0", (9, 9)),
    country("MAR", "MA", "Morocco", "212", "0", (9, 9)),
    country("MCO", "MC", "Monaco", "377", "0", (8, 9)),
    country("MDA", "MD", "Moldova (the Republic of)", "373", "0", (8, 8)),
    country("MDG", "MG", "Madagascar", "261", "0", (9, 9)),
    country("MDV", "MV", "Maldives", "960", "", (7, 10)),
    country("MEX", "MX", "Mexico", "52", "", (10, 10)),
    country("MHL", "MH", "Marshall Islands (the)", "692", "1", (7, 7)),
    country("MKD", "MK", "North Macedonia", "389", "0", (8, 8)),
    country("MLI", "ML", "Mali", "223", "", (8, 8)),
    country("MLT", "MT", "Malta", "356", "", (8, 8)),
    country("MMR", "MM", "Myanmar", "95", "0", (6, 10)),
    country("MNE", "ME", "Montenegro", "382", "0", (8, 9)),
    country("MNG", "MN", "Mongolia", "976", "0", (8, 10)),
    country("MNP", "MP", "Northern Mariana Islands (the)", "1", "1", (10, 10)),
    country("MOZ", "MZ", "Mozambique", "258", "", (8, 9)),
    country("MRT", "MR", "Mauritania", "222", "", (8, 8)),
    country("MSR", "MS", "Montserrat", "1", "1", (10, 10)),
    country("MTQ", "MQ", "Martinique", "596", "0", (9, 9)),
    country("MUS", "MU", "Mauritius", "230", "", (7, 10)),
    country("MWI", "MW", "Malawi", "265", "0", (7, 9)),
    country("MYS", "MY", "Malaysia", "60", "0", (8, 10)),
    country("MYT", "YT", "Mayotte", "262", "0", (9, 9)),
    country("NAM", "NA", "Namibia", "264", "0", (8, 9)),
    country("NCL", "NC", "New Caledonia", "687", "", (6, 6)),
    country("NER", "NE", "Niger (the)", "227", "", (8, 8)),
    country("NFK", "NF", "Norfolk Island", "672", "", (6, 6)),
    country("NGA", "NG", "Nigeria", "234", "0", (10, 14)),
    country("NIC", "NI", "Nicaragua", "505", "", (8, 8)),
    country("NIU", "NU", "Niue", "683", "", (4, 7)),
    country("NLD", "NL", "Netherlands (Kingdom of the)", "31", "0", (5, 11)),
    country("NOR", "NO", "Norway", "47", "", (5, 8)),
    country("NPL", "NP", "Nepal", "977", "0", (8, 11)),
    country("NRU", "NR", "Nauru", "674", "", (7, 7)),
    country("NZL", "NZ", "New Zealand", "64", "0", (5, 10)),
    country("OMN", "OM", "Oman", "968", "", (7, 9)),
    country("PAK", "PK", "Pakistan", "92", "0", (8, 12)),
    country("PAN", "PA", "Panama", "507", "", (7, 11)),
    country("PCN", "PN", "Pitcairn", "", "", (0, 0)),
    country("PER", "PE", "Peru", "51", "0", (8, 9)),
    country("PHL", "PH", "Philippines (the)", "63", "0", (6, 13)),
    country("PLW", "PW", "Palau", "680", "", (7, 7)),
    country("PNG", "PG", "Papua New Guinea", "675", "", (7, 8)),
    country("POL", "PL", "Poland", "48", "", (6, 10)),
    country("PRI", "PR", "Puerto Rico", "1", "1", (10, 10)),
    country("PRK", "KP", "Korea (the Democratic People's Republic of)", "850", "0", (8, 10)),
    country("PRT", "PT", "Portugal", "351", "", (9, 9)),
    country("PRY", "PY", "Paraguay", "595", "0", (6, 11)),
    country("PSE", "PS", "Palestine, State of", "970", "0", (8, 10)),
    country("PYF", "PF", "French Polynesia", "689", "", (6, 9)),
    country("QAT", "QA", "Qatar", "974", "", (7, 11)),
    country("REU", "RE", "Réunion", "262", "0", (9, 9)),
    country("ROU", "RO", "Romania", "40", "0", (6, 9)),
    country("RUS", "RU", "Russian Federation (the)", "7", "8", (10, 14)),
    country("RWA", "RW", "Rwanda", "250", "0", (8, 9)),
    country("SAU", "SA", "Saudi Arabia", "966", "0", (9, 10)),
    country("SDN", "SD", "Sudan (the)", "249", "0", (9, 9)),
    country("SEN", "SN", "Senegal", "221", "", (9, 9)),
    country("SGP", "SG", "Singapore", "65", "", (8, 11)),
    country("SGS", "GS", "South Georgia and the South Sandwich Islands", "", "", (0, 0)),
    country("SHN", "SH", "Saint Helena, Ascension and Tristan da Cunha", "290", "", (4, 5)),
    country("SJM", "SJ", "Svalbard and Jan Mayen", "47", "", (5, 8)),
    country("SLB", "SB", "Solomon Islands", "677", "", (5, 7)),
    country("SLE", "SL", "Sierra Leone", "232", "0", (8, 8)),
    country("SLV", "SV", "El Salvador", "503", "", (7, 11)),
    country("SMR", "SM", "San Marino", "378", "", (8, 10)),
    country("SOM", "SO", "Somalia", "252", "0", (6, 9)),
    country("SPM", "PM", "Saint Pierre and Miquelon", "508", "0", (6, 9)),
    country("SRB", "RS", "Serbia", "381", "0", (6, 12)),
    country("SSD", "SS", "South Sudan", "211", "0", (9, 9)),
    country("STP", "ST", "Sao Tome and Principe", "239", "", (7, 7)),
    country("SUR", "SR", "Suriname", "597", "", (6, 7)),
    country("SVK", "SK", "Slovakia", "421", "0", (6, 9)),
    country("SVN", "SI", "Slovenia", "386", "0", (5, 8)),
    country("SWE", "SE", "Sweden", "46", "0", (6, 12)),
    country("SWZ", "SZ", "Eswatini", "268", "", (8, 9)),
    country("SXM", "SX", "Sint Maarten (Dutch part)", "1", "1", (10, 10)),
    country("SYC", "SC", "Seychelles", "248", "", (7, 7)),
    country("SYR", "SY", "Syrian Arab Republic (the)", "963", "0", (8, 9)),
    country("TCA", "TC", "Turks and Caicos Islands (the)", "1", "1", (10, 10)),
    country("TCD", "TD", "Chad", "235", "", (8, 8)),
    country("TGO", "TG", "Togo", "228", "", (8, 8)),
    country("THA", "TH", "Thailand", "66", "0", (8, 13)),
    country("TJK", "TJ", "Tajikistan", "992", "", (9, 9)),
    country("TKL", "TK", "Tokelau", "690", "", (4, 7)),
    country("TKM", "TM", "Turkmenistan", "993", "8", (8, 8)),
    country("TLS", "TL", "Timor-Leste", "670", "", (7, 8)),
    country("TON", "TO", "Tonga", "676", "", (5, 7)),
    country("TTO", "TT", "Trinidad and Tobago", "1", "1", (10, 10)),
    country("TUN", "TN", "Tunisia", "216", "", (8, 8)),
    country("TUR", "TR", "Türkiye", "90", "0", (7, 13)),
    country("TUV", "TV", "Tuvalu", "688", "", (5, 7)),
    country("TWN", "TW", "Taiwan (Province of China)", "886", "0", (7, 11)),
    country("TZA", "TZ", "Tanzania, the United Republic of", "255", "0", (9, 9)),
    country("UGA", "UG", "Uganda", "256", "0", (9, 9)),
    country("UKR", "UA", "Ukraine", "380", "0", (9, 10)),
    country("UMI", "UM", "United States Minor Outlying Islands (the)", "", "", (0, 0)),
    country("URY", "UY", "Uruguay", "598", "0", (4, 13)),
    country("USA", "US", "United States of America (the)", "1", "1", (10, 10)),
    country("UZB", "UZ", "Uzbekistan", "998", "", (9, 9)),
    country("VAT", "VA", "Holy See (the)", "39", "", (6, 12)),
    country("VCT", "VC", "Saint Vincent and the Grenadines", "1", "1", (10, 10)),
    country("VEN", "VE", "Venezuela (Bolivarian Republic of)", "58", "0", (10, 10)),
    country("VGB", "VG", "Virgin Islands (British)", "1", "1", (10, 10)),
    country("VIR", "VI", "Virgin Islands (U.S.)", "1", "1", (10, 10)),
    country("VNM", "VN", "Viet Nam", "84", "0", (7, 10)),
    country("VUT", "VU", "Vanuatu", "678", "", (5, 7)),
    country("WLF", "WF", "Wallis and Futuna", "681", "", (6, 9)),
    country("WSM", "WS", "Samoa", "685", "", (5, 10)),
    country("YEM", "YE", "Yemen", "967", "0", (7, 9)),
    country("ZAF", "ZA", "South Africa", "27", "0", (5, 10)),
    country("ZMB", "ZM", "Zambia", "260", "0", (9, 9)),
    country("ZWE", "ZW", "Zimbabwe", "263", "0", (7, 10)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_each_of_one_country() {
        assert_eq!(COUNTRIES.len(), 249);
        for country in COUNTRIES {
            for text in [country.alpha3, country.alpha2, country.name] {
                assert_eq!(
                    find(text).map(|found| found.alpha3),
                    Some(country.alpha3),
                    "{text}"
                );
            }
        }
        for (name, alpha3) in OTHER_NAMES {
            assert_eq!(find(name).map(|found| found.alpha3), Some(*alpha3), "{name}");
        }
        assert!(find("").is_none() && find("Atlantis").is_none());
    }

    #[test]
    fn no_calling_code_begins_with_another() {
        let codes: std::collections::BTreeSet<&str> = COUNTRIES
            .iter()
            .map(|country| country.calling)
            .filter(|code| !code.is_empty())
            .collect();
        for one in &codes {
            assert!(
                !codes.iter().any(|other| other != one && other.starts_with(one)),
                "{one}"
            );
        }
    }
}
