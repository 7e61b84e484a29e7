//! A chart's folder, with what people changed in it, as one file beside it.

use std::{fs, path::Path};

use crate::{
    emit::{self, PackageFile},
    text::{Code, Diagnostic, Failed, Sink},
};

/// Writes `<name>-<version>.tgz` beside the folder of a chart.
pub(super) fn write(
    folder: &Path,
    name: &str,
    version: &str,
    sink: &mut Sink,
) -> Result<(), Failed> {
    let mut files = Vec::new();
    let read = collect(folder, "", &mut files);
    let file = format!("{name}-{version}.tgz");
    let target = folder.parent().unwrap_or(folder).join(&file);
    let done = read.map_err(|error| error.to_string()).and_then(|()| {
        let bytes = emit::package(name, &files).map_err(|error| error.to_string())?;
        // Beside its place and then moved, so that no half of a package is taken for one.
        let fresh = target.with_file_name(format!(".{file}.part"));
        fs::write(&fresh, bytes)
            .and_then(|()| fs::rename(&fresh, &target))
            .map_err(|error| error.to_string())
    });
    done.map_err(|error| {
        let message = format!("cannot write the package `{}`: {error}", target.display());
        sink.fail(Diagnostic::new(Code::OutputRefused, message))
    })
}

/// The files below a folder, by their paths with `/`.
fn collect(folder: &Path, above: &str, files: &mut Vec<PackageFile>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if above.is_empty() { name } else { format!("{above}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else if kind.is_file() {
            files.push((path, fs::read(entry.path())?));
        }
    }
    Ok(())
}
