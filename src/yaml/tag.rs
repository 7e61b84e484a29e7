//! What tags do to scalars.

use granit_parser::Tag as EventTag;

use super::{scalar, timestamp::timestamp};
use crate::yaml::{Data, Tag};

/// The namespace of YAML's own tags, written `!!`.
const YAML: &str = "tag:yaml.org,2002:";

/// The tag if Compose gives it a meaning.
pub(super) fn compose_tag(tag: &EventTag) -> Option<Tag> {
    match tag.parts() {
        ("!", "reset") => Some(Tag::Reset),
        ("!", "override") => Some(Tag::Override),
        _ => None,
    }
}

/// Whether the tag is `!!merge`.
pub(super) fn is_merge(tag: &EventTag) -> bool {
    tag.suffix_in_namespace(YAML).as_deref() == Some("merge")
}

/// The data of a scalar with a tag, or what is wrong with it.
///
/// As in go-yaml, a tag that YAML does not define makes a scalar a string, `!override` too.
pub(super) fn scalar(text: &str, plain: bool, tag: &EventTag) -> Result<Data, String> {
    let string = Data::String(text.to_owned());
    if plain && compose_tag(tag) == Some(Tag::Reset) {
        return Ok(scalar::resolve(text));
    }
    let Some(kind) = tag.suffix_in_namespace(YAML) else { return Ok(string) };
    let data = match (kind.as_ref(), scalar::resolve(text)) {
        ("binary", _) => binary(text).map(Data::String),
        ("timestamp", _) => timestamp(text).map(Data::Timestamp),
        ("float", Data::Int(number)) => Some(Data::Float(as_float(number))),
        ("null", data @ Data::Null)
        | ("bool", data @ Data::Bool(_))
        | ("int", data @ Data::Int(_))
        | ("float", data @ Data::Float(_)) => Some(data),
        ("null" | "bool" | "int" | "float" | "map" | "seq", _) => None,
        _ => Some(string),
    };
    data.ok_or_else(|| format!("the value does not fit its tag `!!{kind}`"))
}

/// The nearest float; an integer of a document has at most 64 bits.
#[allow(clippy::cast_precision_loss)]
fn as_float(number: i128) -> f64 {
    number as f64
}

/// The text that is written in base64, if it is text.
fn binary(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut padded = 0;
    let mut length = 0_usize;
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        length += 1;
        if byte == b'=' {
            padded += 1;
            continue;
        }
        if padded > 0 {
            return None;
        }
        bits = bits << 6 | sextet(byte)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
        bits &= 0xffff;
    }
    if padded > 2 || !length.is_multiple_of(4) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// The value of a base64 digit.
fn sextet(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
