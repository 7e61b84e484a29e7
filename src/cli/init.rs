//! `c2k init`.

use std::{fs, io::Write, path::Path};

use super::{
    Exit,
    arguments::{ComposeArgs, InitArgs},
    complain, messages, say,
};
use crate::{
    compose,
    load::{self, Disk},
    settings,
    text::{Severity, Sink, Sources},
};

/// Writes environment files, never over one that exists.
pub(super) fn run(compose: &ComposeArgs, args: &InitArgs) -> Exit {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load::load(&Disk, &compose.options(&[]), &mut sources, &mut sink);
    let project = loaded.and_then(|loaded| compose::decode(&loaded, &mut sink));
    crate::convert::hide_secrets(&mut sources);
    let Ok(project) = project else {
        messages::report(&sink, &sources, Severity::Error);
        return Exit::BadInput;
    };
    let mut names = args.environments.clone();
    if names.is_empty() {
        names = ["dev", "staging", "production"].map(str::to_owned).to_vec();
    }
    if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
        return complain(&format!("`{wrong}` is no name for an environment"));
    }
    for name in &names {
        let folder = Path::new(&project.folder).join("overlays").join(name);
        let path = folder.join("environment.yaml");
        let shown = format!("overlays/{name}/environment.yaml");
        let text = settings::init_file(name, &project);
        let made = fs::create_dir_all(&folder)
            .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(&path))
            .and_then(|mut file| file.write_all(text.as_bytes()));
        match made {
            Ok(()) => say(&format!("wrote {shown}\n")),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                say(&format!("{shown} is there already; it stays as it is\n"));
            }
            Err(error) => return complain(&format!("cannot write `{}`: {error}", path.display())),
        }
    }
    match write_schema(&Path::new(&project.folder).join("overlays").join(settings::SCHEMA_FILE)) {
        Ok(()) => Exit::Done,
        Err(error) => complain(&format!("cannot write the schema: {error}")),
    }
}

/// The schema beside the environments, that editors complete and check with; c2k's own is renewed.
fn write_schema(path: &Path) -> std::io::Result<()> {
    let own = match fs::read_to_string(path) {
        Ok(text) => text.contains("\"title\": \"c2k environment\""),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if own { fs::write(path, super::lists::schema_text()) } else { Ok(()) }
}

/// Names become folders, so nothing in them may lead elsewhere.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
