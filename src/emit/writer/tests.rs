use tempfile::TempDir;

use super::*;

struct Output {
    folder: TempDir,
}

impl Output {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn run(&self, files: &[(&str, &str)], force: bool) -> (WriteReport, Vec<Code>) {
        let mut tree = Tree::default();
        for (path, text) in files {
            if path.contains("secret") {
                tree.add_secret(*path, *text);
            } else {
                tree.add(*path, *text);
            }
        }
        let options = WriteOptions { force, ..WriteOptions::default() };
        let mut sink = Sink::default();
        let report = write(&tree, self.folder.path(), &options, &mut sink).unwrap();
        (report, sink.iter().map(|diagnostic| diagnostic.code).collect())
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }

    fn edit(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }
}

#[test]
fn files_changed_by_hand_are_kept_unless_forced() {
    let output = Output::new();
    output.run(&[("a.yaml", "1")], false);
    output.run(&[("a.yaml", "2")], false);
    assert_eq!(output.read("a.yaml").as_deref(), Some("2"));
    output.edit("a.yaml", "mine");
    for text in ["3", "4"] {
        let (report, codes) = output.run(&[("a.yaml", text)], false);
        assert_eq!((report.kept, codes), (vec!["a.yaml".to_owned()], vec![Code::ChangedByHand]));
    }
    assert_eq!(output.read("a.yaml").as_deref(), Some("mine"));
    output.run(&[("a.yaml", "5")], true);
    assert_eq!(output.read("a.yaml").as_deref(), Some("5"));
}

#[test]
fn files_of_others_are_kept() {
    let output = Output::new();
    output.edit("a.yaml", "mine");
    assert_eq!(output.run(&[("a.yaml", "1")], false).0.kept, ["a.yaml"]);
    assert_eq!(output.run(&[("b.yaml", "1")], false).0.removed, Vec::<String>::new());
    assert_eq!(output.read("a.yaml").as_deref(), Some("mine"));
}

#[test]
fn stale_files_are_removed_only_if_unchanged() {
    let output = Output::new();
    output.run(&[("a.yaml", "1"), ("b/c.yaml", "1"), ("d.yaml", "1")], false);
    output.edit("a.yaml", "mine");
    let (report, codes) = output.run(&[("d.yaml", "1")], false);
    assert_eq!(
        (report.removed, report.kept),
        (vec!["b/c.yaml".to_owned()], vec!["a.yaml".to_owned()])
    );
    assert_eq!(codes, [Code::ChangedByHand]);
    assert!(!output.folder.path().join("b").exists());
    // From now on the file is the user's.
    assert!(output.run(&[("d.yaml", "1")], false).1.is_empty());
}

#[test]
fn the_state_holds_no_trace_of_secret_values() {
    let output = Output::new();
    output.run(&[("secret.env", "P=1")], false);
    let state = output.read(STATE_FILE).unwrap();
    assert_eq!(state.lines().last(), Some("secret secret.env"));
}

#[test]
fn a_new_password_is_written_unless_somebody_changed_the_file() {
    let output = Output::new();
    output.run(&[("secret.env", "P=1")], false);
    assert_eq!(output.run(&[("secret.env", "P=2")], false).0.written, ["secret.env"]);
    output.edit("secret.env", "P=mine");
    for _ in 0..2 {
        assert_eq!(output.run(&[("secret.env", "P=3")], false).0.kept, ["secret.env"]);
    }
    assert_eq!(output.run(&[("secret.env", "P=3")], true).0.written, ["secret.env"]);
}

#[test]
fn secrets_that_are_not_needed_any_more_are_removed_if_unchanged() {
    let output = Output::new();
    output.run(&[("a-secret.env", "P=1"), ("b-secret.env", "P=1")], false);
    output.edit("b-secret.env", "P=mine");
    let (report, _) = output.run(&[], false);
    assert_eq!(
        (report.removed, report.kept),
        (vec!["a-secret.env".to_owned()], vec!["b-secret.env".to_owned()])
    );
}

#[test]
fn a_refused_output_leaves_nothing_behind() {
    let output = Output::new();
    output.edit("file", "");
    let mut tree = Tree::default();
    tree.add("file/b.yaml", "b");
    tree.add("a/a.yaml", "a");
    let mut sink = Sink::default();
    let options = WriteOptions::default();
    assert!(write(&tree, output.folder.path(), &options, &mut sink).is_err());
    assert_eq!(sink.iter().next().unwrap().code, Code::OutputRefused);
    assert_eq!(fs::read_dir(output.folder.path()).unwrap().count(), 1);

    let mut tree = Tree::default();
    tree.add("../a.yaml", "a");
    assert!(write(&tree, output.folder.path(), &options, &mut Sink::default()).is_err());
    let protected = vec![output.folder.path().to_owned()];
    let options = WriteOptions { protected, ..WriteOptions::default() };
    let inside = output.folder.path().join("production");
    assert!(write(&Tree::default(), &inside, &options, &mut Sink::default()).is_err());
}

#[test]
fn a_state_cannot_lead_out_of_the_folder() {
    let output = Output::new();
    let outside = Output::new();
    outside.edit("a", "");
    output.run(&[("a.yaml", "1")], false);
    let state = output.read(STATE_FILE).unwrap();
    let path = outside.folder.path().join("a");
    output.edit(STATE_FILE, &format!("{state}secret {}\n", path.display()));
    output.run(&[("a.yaml", "1")], true);
    assert!(path.exists());
}

/// The paths of all files below a folder.
pub(super) fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found
}
