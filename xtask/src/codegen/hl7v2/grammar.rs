//! The notation of `structures.tsv`: `MSH SFT* PATIENT_RESULT(PATIENT(PID PD1?)? ..)+ <OBR RQD>`.

type Failure = Box<dyn std::error::Error>;

/// A segment or group of a structure; the nodes of a group follow it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The segment id or group name; empty for a choice without name.
    pub(crate) name: String,
    pub(crate) group: bool,
    choice: bool,
    optional: bool,
    repeats: bool,
    /// How many nodes it takes, itself included.
    size: u32,
}

impl Node {
    /// Size in 12 bits, name in 14, then optional, repeats, group, choice.
    pub(crate) fn packed(&self, name: u16) -> Result<u32, Failure> {
        if self.size >= 1 << 12 || name >= 1 << 14 {
            return Err("a structure or the list of names is too large to pack".into());
        }
        let flag = |set: bool, bit: u32| u32::from(set) << bit;
        Ok(self.size
            | u32::from(name) << 12
            | flag(self.optional, 26)
            | flag(self.repeats, 27)
            | flag(self.group, 28)
            | flag(self.choice, 29))
    }
}

/// Reads a whole structure into nodes in the order in which they are written.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Failure> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<(usize, u8)> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' => at += 1,
            close @ (b')' | b'>') => {
                let (start, expected) = open.pop().ok_or("a group that ends without start")?;
                if close != expected {
                    return Err(format!("byte {at}: a group that ends otherwise than it starts").into());
                }
                at += 1;
                let size = u32::try_from(nodes.len() - start)?;
                nodes[start].size = size;
                at += mark(&mut nodes[start], bytes.get(at));
            }
            _ => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|byte| !b" ()<>?*+".contains(byte))
                    .count();
                let name = text[at..at + length].to_owned();
                at += length;
                let mut node = Node {
                    name,
                    group: false,
                    choice: false,
                    optional: false,
                    repeats: false,
                    size: 1,
                };
                match bytes.get(at) {
                    Some(b'(' | b'<') => {
                        node.group = true;
                        node.choice = bytes[at] == b'<';
                        open.push((nodes.len(), if node.choice { b'>' } else { b')' }));
                        at += 1;
                    }
                    next if length > 0 => at += mark(&mut node, next),
                    _ => return Err(format!("byte {at}: expected a name").into()),
                }
                nodes.push(node);
            }
        }
    }
    if open.is_empty() {
        Ok(nodes)
    } else {
        Err("a group that does not end".into())
    }
}

/// Notes `?`, `*` or `+`; gives how many bytes that took.
fn mark(node: &mut Node, byte: Option<&u8>) -> usize {
    let Some(byte @ (b'?' | b'*' | b'+')) = byte else {
        return 0;
    };
    node.optional = *byte != b'+';
    node.repeats = *byte != b'?';
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested() -> Result<(), Failure> {
        let nodes = read("MSH SFT* G(PID? <OBR RQD>)+ DSC?")?;
        let shape: Vec<_> = nodes.iter().map(|node| (node.name.as_str(), node.size)).collect();
        assert_eq!(
            shape,
            [
                ("MSH", 1),
                ("SFT", 1),
                ("G", 5),
                ("PID", 1),
                ("", 3),
                ("OBR", 1),
                ("RQD", 1),
                ("DSC", 1)
            ]
        );
        assert!(nodes[2].repeats && !nodes[2].optional && nodes[2].group && nodes[4].choice);
        Ok(())
    }

    #[test]
    fn refuses_what_does_not_nest() {
        assert!(read("G(PID").is_err());
        assert!(read("PID)").is_err());
        assert!(read("G(PID>").is_err());
    }
}
