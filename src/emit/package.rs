//! A chart as one file, as `helm package` makes it: the same bytes each time.

/// The longest block of a stored (not compressed) part of a gzip file.
const STORED: usize = 0xffff;

/// A file of a package: its path below the chart's folder, and its content.
pub type PackageFile = (String, Vec<u8>);

/// Packs the files of a chart, below a folder of its name; `Chart.yaml` comes first, as Helm wants
/// it. Files that hold secrets, and hidden ones, are left out. None if a path is too long.
pub fn package(chart: &str, files: &[PackageFile]) -> Option<Vec<u8>> {
    let mut files: Vec<_> = files.iter().filter(|(path, _)| belongs(path)).collect();
    files.sort_by_key(|(path, _)| (path != "Chart.yaml", path));
    let mut tar = Vec::new();
    for (path, content) in files {
        tar.extend(header(&format!("{chart}/{path}"), content.len())?);
        tar.extend(content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    Some(gzip(&tar))
}

/// Whether a file is part of a package. The same is in the chart's `.helmignore`.
fn belongs(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    let secret = path.starts_with("secrets");
    let made = std::path::Path::new(path).extension().is_some_and(|ending| ending == "tgz");
    path == ".helmignore" || !(hidden || secret || made || path.ends_with('~'))
}

/// The header of a file in a tar archive, of no time and no owner.
fn header(path: &str, size: usize) -> Option<[u8; 512]> {
    let (prefix, name) = split(path)?;
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| {
        header.iter_mut().skip(at).zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    };
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    put(345, prefix);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    header.iter_mut().skip(148).zip(sum.bytes()).for_each(|(place, byte)| *place = byte);
    Some(header)
}

/// A path as the two parts that a header has room for.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let cut = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
    let (prefix, name) = cut
        .filter_map(|at| path.split_at_checked(at))
        .map(|(prefix, rest)| (prefix, rest.trim_start_matches('/')))
        .find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100)?;
    Some((prefix, name))
}

/// Bytes in the form of gzip, of no time and not made smaller: Helm does that when it installs.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut parts = bytes.chunks(STORED).peekable();
    while let Some(part) = parts.next() {
        out.push(u8::from(parts.peek().is_none()));
        let len = u16::try_from(part.len()).unwrap_or_default();
        out.extend(len.to_le_bytes());
        out.extend((!len).to_le_bytes());
        out.extend(part);
    }
    out.extend(crc(bytes).to_le_bytes());
    let [len @ .., _, _, _, _] = bytes.len().to_le_bytes();
    out.extend(len);
    out
}

/// The checksum of gzip.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> PackageFile {
        (path.to_owned(), text.as_bytes().to_vec())
    }

    #[test]
    fn the_checksum_is_that_of_gzip() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
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
        let text = String::from_utf8_lossy(&package).into_owned();
        assert!(!text.contains("geheim") && !text.contains("hidden") && !text.contains("state"));
        assert!(text.find("shop/Chart.yaml").unwrap() < text.find("shop/values.yaml").unwrap());
        assert_eq!(package, super::package("shop", &files).unwrap());
    }

    #[test]
    fn long_paths_are_split_between_folders() {
        let path = format!("shop/templates/{}/{}", "a".repeat(90), "b".repeat(80));
        let (prefix, name) = split(&path).unwrap();
        assert_eq!(format!("{prefix}/{name}"), path);
        assert!(split(&"x".repeat(300)).is_none());
    }
}
