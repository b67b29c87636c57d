//! The checksum of gzip.

/// CRC-32, four bytes at a time.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    let mut chunks = bytes.chunks_exact(4);
    for chunk in &mut chunks {
        let word = crc
            ^ chunk
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u32::from(*byte));
        crc = TABLES[3][word as u8 as usize]
            ^ TABLES[2][(word >> 8) as u8 as usize]
            ^ TABLES[1][(word >> 16) as u8 as usize]
            ^ TABLES[0][(word >> 24) as usize];
    }
    for byte in chunks.remainder() {
        crc = TABLES[0][(crc as u8 ^ byte) as usize] ^ (crc >> 8);
    }
    !crc
}

static TABLES: [[u32; 256]; 4] = tables();

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xEDB8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][at] = crc;
        at += 1;
    }
    let mut table = 1;
    while table < 4 {
        let mut at = 0;
        while at < 256 {
            let before = tables[table - 1][at];
            tables[table][at] = tables[0][before as u8 as usize] ^ (before >> 8);
            at += 1;
        }
        table += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
