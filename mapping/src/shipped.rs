//! The map files of this crate; a test compares the list with the folder `maps/`.

/// Every file of `maps/` with its text, by name.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("bundle/Entry.map", include_str!("../maps/bundle/Entry.map")),
    ("datatype/CWE.map", include_str!("../maps/datatype/CWE.map")),
    ("datatype/CX.map", include_str!("../maps/datatype/CX.map")),
    ("datatype/DR.map", include_str!("../maps/datatype/DR.map")),
    ("datatype/EI.map", include_str!("../maps/datatype/EI.map")),
    ("datatype/HD.map", include_str!("../maps/datatype/HD.map")),
    ("datatype/PL.map", include_str!("../maps/datatype/PL.map")),
    ("datatype/XAD.map", include_str!("../maps/datatype/XAD.map")),
    ("datatype/XCN.map", include_str!("../maps/datatype/XCN.map")),
    ("datatype/XON.map", include_str!("../maps/datatype/XON.map")),
    ("datatype/XPN.map", include_str!("../maps/datatype/XPN.map")),
    ("datatype/XTN.map", include_str!("../maps/datatype/XTN.map")),
    ("message/ADT_A01.map", include_str!("../maps/message/ADT_A01.map")),
    ("message/ADT_A40.map", include_str!("../maps/message/ADT_A40.map")),
    ("message/ORU_R01.map", include_str!("../maps/message/ORU_R01.map")),
    ("message/Orders.map", include_str!("../maps/message/Orders.map")),
    ("message/Patient.map", include_str!("../maps/message/Patient.map")),
    ("segment/AL1.map", include_str!("../maps/segment/AL1.map")),
    ("segment/DG1.map", include_str!("../maps/segment/DG1.map")),
    ("segment/EVN.map", include_str!("../maps/segment/EVN.map")),
    ("segment/IN1.map", include_str!("../maps/segment/IN1.map")),
    ("segment/MSH.map", include_str!("../maps/segment/MSH.map")),
    ("segment/NK1.map", include_str!("../maps/segment/NK1.map")),
    ("segment/NTE.map", include_str!("../maps/segment/NTE.map")),
    ("segment/OBR.map", include_str!("../maps/segment/OBR.map")),
    ("segment/OBX.map", include_str!("../maps/segment/OBX.map")),
    ("segment/PD1.map", include_str!("../maps/segment/PD1.map")),
    ("segment/PID.map", include_str!("../maps/segment/PID.map")),
    ("segment/PV1.map", include_str!("../maps/segment/PV1.map")),
    ("segment/PV2.map", include_str!("../maps/segment/PV2.map")),
    ("segment/SPM.map", include_str!("../maps/segment/SPM.map")),
    (
        "vocabulary/AddressType.map",
        include_str!("../maps/vocabulary/AddressType.map"),
    ),
    (
        "vocabulary/AdministrativeSex.map",
        include_str!("../maps/vocabulary/AdministrativeSex.map"),
    ),
    (
        "vocabulary/Allergy.map",
        include_str!("../maps/vocabulary/Allergy.map"),
    ),
    (
        "vocabulary/CodingSystem.map",
        include_str!("../maps/vocabulary/CodingSystem.map"),
    ),
    (
        "vocabulary/Diagnosis.map",
        include_str!("../maps/vocabulary/Diagnosis.map"),
    ),
    (
        "vocabulary/Encounter.map",
        include_str!("../maps/vocabulary/Encounter.map"),
    ),
    (
        "vocabulary/IdentifierType.map",
        include_str!("../maps/vocabulary/IdentifierType.map"),
    ),
    (
        "vocabulary/Interpretation.map",
        include_str!("../maps/vocabulary/Interpretation.map"),
    ),
    (
        "vocabulary/Language.map",
        include_str!("../maps/vocabulary/Language.map"),
    ),
    (
        "vocabulary/MaritalStatus.map",
        include_str!("../maps/vocabulary/MaritalStatus.map"),
    ),
    (
        "vocabulary/NameType.map",
        include_str!("../maps/vocabulary/NameType.map"),
    ),
    (
        "vocabulary/ObservationStatus.map",
        include_str!("../maps/vocabulary/ObservationStatus.map"),
    ),
    (
        "vocabulary/Order.map",
        include_str!("../maps/vocabulary/Order.map"),
    ),
    (
        "vocabulary/PatientClass.map",
        include_str!("../maps/vocabulary/PatientClass.map"),
    ),
    (
        "vocabulary/Person.map",
        include_str!("../maps/vocabulary/Person.map"),
    ),
    (
        "vocabulary/Relationship.map",
        include_str!("../maps/vocabulary/Relationship.map"),
    ),
    (
        "vocabulary/ResultStatus.map",
        include_str!("../maps/vocabulary/ResultStatus.map"),
    ),
    (
        "vocabulary/Specimen.map",
        include_str!("../maps/vocabulary/Specimen.map"),
    ),
    (
        "vocabulary/Telecommunication.map",
        include_str!("../maps/vocabulary/Telecommunication.map"),
    ),
    (
        "vocabulary/YesNo.map",
        include_str!("../maps/vocabulary/YesNo.map"),
    ),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_list_is_the_folder() {
        let maps = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps");
        let mut names = Vec::new();
        for folder in fs::read_dir(&maps)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
        {
            for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = file
                    .strip_prefix(&maps)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                names.extend(name.ends_with(".map").then_some(name));
            }
        }
        names.sort();
        let listed: Vec<&str> = super::FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, listed);
    }
}
