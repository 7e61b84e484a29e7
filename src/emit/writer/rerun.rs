//! What a run does where one was before, for all three forms: the five properties, any history of
//! inputs and edits, and runs that are killed.

use std::{collections::BTreeMap, time::SystemTime};

use proptest::{prelude::*, sample::Index};
use tempfile::TempDir;

use super::{tests::walk, *};
use crate::{
    Request, Target, convert,
    emit::{Bundle, ChartOptions, helm, kustomize, manifests},
    load::Memory,
};

/// What is written of a bundle.
type Form = fn(&Bundle) -> Tree;

const FORMS: [(&str, Target, Form); 3] = [
    ("manifests", Target::Manifests, |bundle| manifests(&bundle.environments[0])),
    ("kustomize", Target::Kustomize, kustomize),
    ("helm", Target::Helm, |bundle| helm(bundle, &ChartOptions::default())),
];

/// The inputs: as it was first, another image and variable, a service more, a service removed.
const FIRST: &str = "\
name: shop
services:
  web: {image: 'nginx:1.27', ports: ['80:80'], environment: {MODE: fast, API_TOKEN: hush-hush}}
  mail: {image: 'acme/mail:1', ports: ['25:25'], environment: {MODE: slow}}
";

fn inputs() -> [String; 4] {
    let changed = FIRST.replace("nginx:1.27", "nginx:1.28").replace("slow", "quick");
    let added = format!("{FIRST}  jobs: {{image: 'acme/jobs:1', environment: {{A: b}}}}\n");
    let (removed, _) = FIRST.split_once("  mail").unwrap();
    [FIRST.to_owned(), changed, added, removed.to_owned()]
}

/// The trees of a form, one for each input.
fn trees((name, target, form): (&str, Target, Form)) -> [Tree; 4] {
    inputs().map(|compose| {
        let files = Memory::new("/shop").with("compose.yaml", compose);
        let environments = match target {
            // With literal secrets, which the state must not know.
            Target::Manifests => vec!["dev".to_owned()],
            _ => Vec::new(),
        };
        let outcome = convert(&Request { environments, target, ..Request::default() }, &files);
        let tree = form(&outcome.bundle.unwrap());
        assert!(tree.files.len() > 3, "{name}: {:?}", tree.files.keys());
        tree
    })
}

struct Output {
    folder: TempDir,
}

impl Output {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// After a first run.
    fn with(tree: &Tree) -> Self {
        let output = Self::new();
        output.run(tree, false);
        output
    }

    fn run(&self, tree: &Tree, force: bool) -> (WriteReport, Vec<Severity>) {
        let options = WriteOptions { force, ..WriteOptions::default() };
        let mut sink = Sink::default();
        let report = write(tree, self.folder.path(), &options, &mut sink).unwrap();
        assert!(sink.iter().all(|one| one.code == Code::ChangedByHand));
        (report, sink.iter().map(|diagnostic| diagnostic.severity).collect())
    }

    /// A run that ends before its operation of that number; whether it got there.
    fn killed(&self, tree: &Tree, operation: usize) -> bool {
        fault::kill_at(Some(operation));
        let options = WriteOptions::default();
        let ended = write(tree, self.folder.path(), &options, &mut Sink::default());
        fault::kill_at(None);
        ended.is_err()
    }

    fn edit(&self, path: &str, text: &str) {
        let place = self.folder.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }

    /// Everything in the folder but the state.
    fn files(&self) -> BTreeMap<String, String> {
        let paths = walk(self.folder.path()).into_iter().filter(|path| path != STATE_FILE);
        paths.map(|path| (path.clone(), self.read(&path).unwrap())).collect()
    }

    /// When each file was written, the state too.
    fn times(&self) -> BTreeMap<String, SystemTime> {
        let time = |path: &str| self.folder.path().join(path).metadata().unwrap().modified();
        walk(self.folder.path())
            .into_iter()
            .map(|path| (path.clone(), time(&path).unwrap()))
            .collect()
    }

    fn check(&self, tree: &Tree) -> Vec<String> {
        compare(tree, self.folder.path(), &mut Sink::default()).unwrap()
    }
}

fn texts(tree: &Tree) -> BTreeMap<String, String> {
    tree.files.iter().map(|(path, file)| (path.clone(), file.text.clone())).collect()
}

/// The first file without secrets that two inputs give differently.
fn differing(old: &Tree, new: &Tree) -> String {
    let mut files = old.files.iter().filter(|(_, file)| !file.secret);
    let differs = |(path, file): &(&String, &TreeFile)| {
        new.files.get(*path).is_some_and(|other| other != *file)
    };
    files.find(differs).unwrap().0.clone()
}

#[test]
fn nothing_changed_so_nothing_is_written() {
    for form in FORMS {
        let [tree, ..] = trees(form);
        let output = Output::with(&tree);
        let before = output.times();
        let (report, said) = output.run(&tree, false);
        assert_eq!(report.unchanged.len(), tree.files.len(), "{}", form.0);
        assert!(report.written.is_empty() && report.removed.is_empty() && said.is_empty());
        assert_eq!(output.times(), before, "{}", form.0);
        assert!(output.check(&tree).is_empty());
    }
}

#[test]
fn what_the_input_changed_is_written() {
    for form in FORMS {
        let [first, changed, added, _] = trees(form);
        for next in [changed, added] {
            let output = Output::with(&first);
            assert!(!output.check(&next).is_empty());
            let (report, said) = output.run(&next, false);
            assert!(!report.written.is_empty() && said.is_empty(), "{}", form.0);
            assert_eq!(output.files(), texts(&next), "{}", form.0);
        }
    }
}

#[test]
fn what_the_user_changed_is_kept() {
    for form in FORMS {
        let [first, changed, ..] = trees(form);
        let path = differing(&first, &changed);
        let output = Output::with(&first);
        output.edit(&path, "mine");
        output.edit("notes/mine.txt", "mine");
        let (report, said) = output.run(&first, false);
        assert_eq!((report.kept, said), (vec![path.clone()], vec![Severity::Note]));
        assert!(report.written.is_empty());
        assert_eq!(output.read(&path).as_deref(), Some("mine"));
        assert_eq!(output.read("notes/mine.txt").as_deref(), Some("mine"));
    }
}

#[test]
fn what_both_changed_is_kept_and_reported() {
    for form in FORMS {
        let [first, changed, ..] = trees(form);
        let path = differing(&first, &changed);
        let output = Output::with(&first);
        output.edit(&path, "mine");
        // As often as it is run.
        for _ in 0..2 {
            let (report, said) = output.run(&changed, false);
            assert_eq!((report.kept, said), (vec![path.clone()], vec![Severity::Warning]));
        }
        let mut expected = texts(&changed);
        expected.insert(path, "mine".to_owned());
        assert_eq!(output.files(), expected);
        output.run(&changed, true);
        assert_eq!(output.files(), texts(&changed));
    }
}

#[test]
fn a_removed_service_takes_along_the_files_that_nobody_changed() {
    for form in FORMS {
        let [first, _, _, removed] = trees(form);
        let gone = |(path, _): &(&String, &TreeFile)| !removed.files.contains_key(*path);
        let stale: Vec<_> = first.files.iter().filter(gone).map(|(path, _)| path.clone()).collect();
        let output = Output::with(&first);
        assert!(
            stale.is_empty() || output.check(&removed).iter().any(|line| line.contains("removed"))
        );
        let (report, said) = output.run(&removed, false);
        assert_eq!((report.removed, said), (stale.clone(), vec![]), "{}", form.0);
        assert_eq!(output.files(), texts(&removed));

        // Every form has a file that is of that service alone.
        let path = stale.first().unwrap();
        let output = Output::with(&first);
        output.edit(path, "mine");
        assert_eq!(output.run(&removed, false), {
            let (report, _) = Output::with(&first).run(&removed, false);
            let removed = report.removed.iter().filter(|one| *one != path).cloned().collect();
            (WriteReport { kept: vec![path.clone()], removed, ..report }, vec![Severity::Warning])
        });
        assert_eq!(output.read(path).as_deref(), Some("mine"));
    }
}

/// A run that is killed before any of its operations leaves files that are whole, old or new, and
/// what the user changed; the next run, even with another input, takes none of them for the user's.
#[test]
fn a_run_killed_anywhere_is_repaired_by_the_next() {
    for form in FORMS {
        let [third, second, first, removed] = trees(form);
        let path = differing(&first, &second);
        let secrets = |tree: &Tree| tree.files.values().any(|file| file.secret);
        assert!(secrets(&first), "{}", form.0);
        let mut operations = 0;
        loop {
            let output = Output::with(&first);
            output.edit("mine.txt", "mine");
            output.edit(&path, "mine");
            let more = output.killed(&second, operations);
            for (path, text) in output.files() {
                let (old, new) = (first.files.get(&path), second.files.get(&path));
                let whole = old.into_iter().chain(new).any(|file| file.text == text);
                assert!(
                    whole || text == "mine" || is_staged(&path),
                    "{operations}: {path}: {text}"
                );
            }
            let (report, _) = output.run(&third, false);
            assert_eq!(report.kept, std::slice::from_ref(&path), "{} {operations}", form.0);
            output.run(&removed, false);
            let mut expected = texts(&removed);
            expected.extend([&path, "mine.txt"].map(|path| (path.to_owned(), "mine".to_owned())));
            assert_eq!(output.files(), expected, "{} {operations}", form.0);
            if !more {
                break;
            }
            operations += 1;
        }
        assert!(operations > 8, "{operations}");
    }
}

/// What happens to a folder.
#[derive(Clone, Debug)]
enum Step {
    /// A run with one of the inputs.
    Run(usize),
    /// The same, with `--force`.
    Force(usize),
    /// The same, ended early.
    Killed(usize, usize),
    /// The user writes one of the files, or removes it.
    Edit(Index, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_usize).prop_map(Step::Run),
        1 => (0..4_usize).prop_map(Step::Force),
        2 => (0..4_usize, 0..60_usize).prop_map(|(input, at)| Step::Killed(input, at)),
        4 => (any::<Index>(), prop::bool::weighted(0.8)).prop_map(|(at, text)| Step::Edit(at, text)),
    ]
}

/// What must be in a folder, told by the rules alone: files, and of each what c2k wrote there last.
#[derive(Default)]
struct Model {
    files: BTreeMap<String, String>,
    wrote: BTreeMap<String, BTreeSet<String>>,
    /// Whether the last run was killed, and files that are on their way may lie about.
    killed: bool,
}

impl Model {
    fn run(&mut self, tree: &Tree, force: bool) {
        let ours = |model: &Self, path: &str, text: &String| {
            force || model.wrote.get(path).is_some_and(|texts| texts.contains(text))
        };
        for (path, file) in &tree.files {
            let old = self.files.get(path);
            if old.is_none_or(|old| *old == file.text || ours(self, path, old)) {
                self.files.insert(path.clone(), file.text.clone());
                // Nothing is remembered of values of Secrets.
                let texts = (!file.secret).then(|| file.text.clone());
                self.wrote.insert(path.clone(), texts.into_iter().collect());
            }
        }
        self.killed = false;
        for path in self.wrote.keys().cloned().collect::<Vec<_>>() {
            if !tree.files.contains_key(&path) {
                if self.files.get(&path).is_some_and(|text| ours(self, &path, text)) {
                    self.files.remove(&path);
                }
                self.wrote.remove(&path);
            }
        }
    }

    /// What a run that was killed left is taken from the folder: each file as before or as after.
    /// It knows what it meant to write if it `noted` that before it ended.
    fn killed(&mut self, tree: &Tree, found: BTreeMap<String, String>, noted: bool) {
        let mut after =
            Self { files: self.files.clone(), wrote: self.wrote.clone(), killed: false };
        after.run(tree, false);
        let paths: BTreeSet<_> = self.files.keys().chain(after.files.keys()).cloned().collect();
        for path in paths {
            let states = [self.files.get(&path), after.files.get(&path)];
            assert!(states.contains(&found.get(&path)), "{path} is neither old nor new");
        }
        if noted {
            for (path, texts) in after.wrote {
                self.wrote.entry(path).or_default().extend(texts);
            }
        }
        self.killed = true;
        self.files = found.into_iter().filter(|(path, _)| !is_staged(path)).collect();
    }
}

/// Whether it is a file on its way to its place.
fn is_staged(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with(".c2k-"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_leaves_what_the_user_wrote_and_else_the_last_tree(
        steps in prop::collection::vec(step(), 1..10)
    ) {
        for (form, trees) in all() {
            let (output, mut model) = (Output::new(), Model::default());
            for (number, step) in steps.iter().enumerate() {
                match step {
                    Step::Run(input) => {
                        output.run(&trees[*input], false);
                        model.run(&trees[*input], false);
                    }
                    Step::Force(input) => {
                        output.run(&trees[*input], true);
                        model.run(&trees[*input], true);
                    }
                    Step::Killed(input, at) => {
                        let state = output.read(STATE_FILE);
                        if output.killed(&trees[*input], *at) {
                            let noted = output.read(STATE_FILE) != state;
                            model.killed(&trees[*input], output.files(), noted);
                            continue;
                        }
                        model.run(&trees[*input], false);
                    }
                    Step::Edit(at, true) => {
                        let path = at.get(&paths(trees)).clone();
                        let text = format!("mine {number}");
                        output.edit(&path, &text);
                        model.files.insert(path, text);
                    }
                    Step::Edit(at, false) => {
                        let path = at.get(&paths(trees)).clone();
                        if model.files.remove(&path).is_some() {
                            fs::remove_file(output.folder.path().join(path)).unwrap();
                        }
                    }
                }
                let mut found = output.files();
                found.retain(|path, _| !(model.killed && is_staged(path)));
                prop_assert_eq!(&found, &model.files, "{} after {:?}", form, &steps[..=number]);
            }
        }
    }
}

/// The trees of every form, made once.
fn all() -> &'static [(&'static str, [Tree; 4])] {
    static ALL: std::sync::OnceLock<Vec<(&str, [Tree; 4])>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| FORMS.iter().map(|form| (form.0, trees(*form))).collect())
}

/// The paths of all trees.
fn paths(trees: &[Tree]) -> Vec<String> {
    let paths: BTreeSet<_> = trees.iter().flat_map(|tree| tree.files.keys().cloned()).collect();
    paths.into_iter().collect()
}
