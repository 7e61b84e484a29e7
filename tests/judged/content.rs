//! What people put into variables and files, through all three forms.

use serde_json::{Map, Value, json};
use xtask::{
    Result,
    c2k::{C2k, Call},
    charts::{self, Job, Values},
    checks, files,
    judges::Judges,
    objects::at,
};

/// Texts that a template or a reader of YAML could take for something else.
const TEXTS: [&str; 20] = [
    "{{ .Values.global }}",
    "{{`x`}} {{- end }}",
    "}}",
    "{{",
    "{{/* a comment */}}",
    "\"quoted\" and 'quoted'",
    "back\\slash \\n",
    "two\nlines",
    "lines\n\nand an end\n\n",
    "yes",
    "007",
    "1e3",
    "12345678901234567890",
    "0x1f",
    "null",
    " around ",
    "tab\there",
    "a: b #c",
    "漢字 😀 ü",
    "# no comment",
];

/// A file as large as a ConfigMap can hold.
fn large() -> String {
    let line = "{{ \"x\" }} yes 007 漢 ''' \\ \t end\n";
    line.repeat(1_000_000 / line.len())
}

/// What does not arrive as it was written.
pub(crate) fn altered() -> Result<Vec<String>> {
    let (judges, c2k) = (Judges::find()?, C2k::build()?);
    let folder = files::temporary()?;
    let project = folder.path().join("project");
    let long = "long {{ ".repeat(4000);
    let texts: Vec<&str> = TEXTS.into_iter().chain([long.as_str()]).collect();
    let names = texts.iter().enumerate().map(|(index, text)| (format!("V{index}"), text));
    let variables: Map<String, Value> =
        names.map(|(name, text)| (name, text.replace('$', "$$").into())).collect();
    let compose = json!({
        "name": "content",
        "services": {"web": {
            "image": "example.com/web:1.0",
            "environment": variables,
            "configs": [{"source": "large", "target": "/etc/large.txt"}],
        }},
        "configs": {"large": {"file": "./large.txt"}},
    });
    files::write(&project.join("compose.yaml"), compose.to_string().as_bytes())?;
    files::write(&project.join("large.txt"), large().as_bytes())?;
    let call = Call { folder: project, ..Call::default() };
    let mut found = checks::agreement(&c2k, &judges, &call, "dev")?;
    let out = folder.path().join("charts");
    c2k.must_convert(&call, "helm", Some("dev"), &out)?;
    let chart = checks::chart(&out)?;
    let values = Values { files: checks::value_files(&chart, "dev"), ..Values::default() };
    let job = Job { renders: vec![values], ..Job::default() };
    for rendered in charts::render(&judges, &chart, &job)? {
        let objects = rendered.objects?;
        let maps = objects.iter().filter(|object| object.kind() == "ConfigMap");
        let data: Vec<_> = maps.filter_map(|map| at(&map.value, &["data"])?.as_object()).collect();
        let arrived = |key: &str| data.iter().find_map(|data| data.get(key)?.as_str());
        for (index, text) in texts.iter().enumerate() {
            let arrived = arrived(&format!("V{index}"));
            if arrived != Some(text) {
                found.push(format!("{text:?} arrives as {arrived:?}"));
            }
        }
        let mut all = data.iter().flat_map(|data| data.values()).filter_map(Value::as_str);
        if !all.any(|text| text == large()) {
            found.push("the large file does not arrive".to_owned());
        }
    }
    Ok(found)
}
