//! A chart as one file, as `helm package` makes it: the same bytes each time.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// A file of a package: its path below the chart's folder, and its content.
pub type PackageFile = (String, Vec<u8>);

/// Packs the files of a chart, below a folder of its name; `Chart.yaml` comes first, as Helm wants
/// it. Files that hold secrets, and hidden ones, are left out.
pub fn package(chart: &str, files: &[PackageFile]) -> io::Result<Vec<u8>> {
    let mut files: Vec<_> = files.iter().filter(|(path, _)| belongs(path)).collect();
    files.sort_by_key(|(path, _)| (path != "Chart.yaml", path));
    // No time, no owner and no name: nothing that another day or machine would change.
    let zipped = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let mut archive = Builder::new(zipped);
    for (path, content) in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(content.len()).unwrap_or_default());
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, format!("{chart}/{path}"), content.as_slice())?;
    }
    let mut zipped = archive.into_inner()?;
    zipped.flush()?;
    zipped.finish()
}

/// Whether a file is part of a package. The same is in the chart's `.helmignore`.
fn belongs(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    let secret = path.starts_with("secrets");
    let made = std::path::Path::new(path).extension().is_some_and(|ending| ending == "tgz");
    path == ".helmignore" || !(hidden || secret || made || path.ends_with('~'))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn file(path: &str, text: &str) -> PackageFile {
        (path.to_owned(), text.as_bytes().to_vec())
    }

    /// The files of a package with their content, in its order.
    fn unpacked(package: &[u8]) -> Vec<(String, String)> {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(package));
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            (path, text)
        });
        entries.collect()
    }

    #[test]
    fn packages_hold_no_secrets_and_begin_with_the_chart() {
        let files = [
            file(".c2k-state", "x"),
            file("secrets-dev.yaml", "PW: geheim"),
            file("templates/.hidden", "x"),
            file("values.yaml", "a: 1"),
            file("Chart.yaml", "name: shop"),
        ];
        let package = package("shop", &files).unwrap();
        let text = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let expected = [text("shop/Chart.yaml", "name: shop"), text("shop/values.yaml", "a: 1")];
        assert_eq!(unpacked(&package), expected);
    }

    #[test]
    fn a_package_has_the_same_bytes_each_time() {
        let files = [file("Chart.yaml", "name: shop"), file("values.yaml", "a: 1")];
        let backwards = [files[1].clone(), files[0].clone()];
        let one = package("shop", &files).unwrap();
        assert_eq!(one, package("shop", &backwards).unwrap());
        // Neither the day nor the system that made it is in the header of gzip.
        assert_eq!(one[4..8], [0; 4]);
        assert_eq!(one[9], 255);
    }

    #[test]
    fn long_paths_stay_whole() {
        let path = format!("templates/{}/{}", "a".repeat(120), "b".repeat(180));
        let package = package("shop", &[file(&path, "x")]).unwrap();
        assert_eq!(unpacked(&package), [(format!("shop/{path}"), "x".to_owned())]);
    }
}
