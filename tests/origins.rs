//! Every field of every sample's objects comes from somewhere.

use std::{collections::BTreeSet, path::Path};

use c2k::{Request, convert, load::Memory};

fn read_into(memory: &mut Memory, folder: &Path, at: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{at}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read_into(memory, &path, &name);
        } else {
            memory.add(&name, std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_field_of_the_samples_has_an_origin_or_a_named_rule() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut without = BTreeSet::new();
    let mut fields = 0;
    for sample in std::fs::read_dir(samples).unwrap() {
        let sample = sample.unwrap().path();
        let mut memory = Memory::new("/project");
        read_into(&mut memory, &sample, "/project");
        for environment in [None, Some("dev"), Some("staging"), Some("production")] {
            let environments = environment.into_iter().map(str::to_owned).collect();
            let outcome =
                convert(&Request { environments, origins: true, ..Request::default() }, &memory);
            for object in outcome.planned.iter().flat_map(|planned| planned.objects.iter()) {
                for leaf in object.leaves() {
                    fields += 1;
                    // What only the whole object is known for is no origin of a field.
                    if object.origins.nearest(&leaf).is_none_or(str::is_empty) {
                        without.insert(format!("{}: {leaf}", object.kind()));
                    }
                }
            }
        }
    }
    assert!(fields > 500, "{fields} fields");
    assert!(without.is_empty(), "{without:#?}");
}
