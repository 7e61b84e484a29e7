//! What the emitter writes, read by the API server's own YAML reader: the one that counts.

use c2k::yaml::{self, Map, Value};
use xtask::{Result, apiserver::ApiServer, judges::Judges, objects};

/// Strings that some reader of YAML takes for something else.
const KNOWN: [&str; 40] = [
    "",
    " ",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "~",
    "null",
    "NULL",
    "true",
    "012",
    "0o14",
    "0x1f",
    "1_000",
    "1e3",
    ".5",
    "-.inf",
    ".NaN",
    "12:30:45",
    "2001-12-14",
    "2001-12-14t21:59:43.10Z",
    "<<",
    "=",
    "-",
    "- a",
    "? a",
    "a: b",
    "a #b",
    "#a",
    "!a",
    "&a",
    "*a",
    "{{ x }}",
    "[a",
    "---",
    "...",
    "\u{feff}a",
    "\u{85}\u{2028}",
];

/// What random strings are made of.
const ALPHABET: &str =
    ":#-?{}[],&*!|>'\"%@` \t\n\r\\=~.0127eExy_aZé漢😀\u{7f}\u{a0}\u{85}\u{2029}\u{1}$()";

fn texts() -> Vec<String> {
    let alphabet: Vec<_> = ALPHABET.chars().collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap_or_default()
    };
    let mut random = || -> String {
        let length = below(14);
        (0..length).filter_map(|_| alphabet.get(below(alphabet.len()))).collect()
    };
    KNOWN.iter().map(|text| (*text).to_owned()).chain((0..4000).map(|_| random())).collect()
}

fn map(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        map.insert(key, value);
    }
    Value::Map(map)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// An object of a kind with some fields.
fn object(version: &str, kind: &str, field: &str, content: Value) -> Value {
    map([
        ("apiVersion".to_owned(), text(version)),
        ("kind".to_owned(), text(kind)),
        ("metadata".to_owned(), map([("name".to_owned(), text("strings"))])),
        (field.to_owned(), content),
    ])
}

fn read_back(server: &ApiServer, value: &Value) -> Result<serde_json::Value> {
    let yaml = yaml::emit(value);
    let mut objects = objects::parse(&yaml, "strings")?;
    let mut object = objects.pop().ok_or("nothing was written")?;
    object.text = yaml;
    server.read_back(&object)
}

/// The strings that come back otherwise, as values of a map and as items of a list.
pub(crate) fn altered() -> Result<Vec<String>> {
    let server = ApiServer::start(&Judges::find()?)?;
    let texts = texts();
    let data = texts.iter().enumerate().map(|(index, value)| (format!("k{index}"), text(value)));
    let read = read_back(&server, &object("v1", "ConfigMap", "data", map(data)))?;
    let mut altered = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let back = objects::at(&read, &["data", &format!("k{index}")]);
        if back.and_then(serde_json::Value::as_str) != Some(text) {
            altered.push(format!("{text:?} is read as {back:?}"));
        }
    }
    let words = Value::Seq(texts.iter().map(|word| text(word)).collect());
    let rule = map([
        ("apiGroups".to_owned(), Value::Seq(vec![text("")])),
        ("resources".to_owned(), words),
        ("verbs".to_owned(), Value::Seq(vec![text("get")])),
    ]);
    let version = "rbac.authorization.k8s.io/v1";
    let read = read_back(&server, &object(version, "Role", "rules", Value::Seq(vec![rule])))?;
    let rules = objects::list(&read, &["rules"]);
    let back = rules.first().map_or(&[][..], |rule| objects::list(rule, &["resources"]));
    for (text, back) in texts.iter().zip(back) {
        if back.as_str() != Some(text) {
            altered.push(format!("{text:?} in a list is read as {back}"));
        }
    }
    if back.len() != texts.len() {
        altered.push(format!("{} of {} items came back", back.len(), texts.len()));
    }
    Ok(altered)
}
