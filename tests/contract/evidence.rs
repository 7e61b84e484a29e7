//! Whether what the record says is true: a mapped key has left something in the objects, and of
//! everything else a diagnostic speaks.

use c2k::{
    Outcome,
    ledger::{Entry, Fate, Verdict},
    text::{Origin, Span},
};

use super::data;

fn meets(a: Span, b: Span) -> bool {
    a.file == b.file && a.start < b.end && b.start < a.end
}

/// The keys of an outcome that nothing stands for.
fn unaccounted(outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    for planned in &outcome.planned {
        let ledger = planned.ledger();
        let origins: Vec<Span> = planned
            .objects
            .iter()
            .flat_map(|object| object.origins.iter())
            .filter(|(path, _)| !path.is_empty())
            .filter_map(|(_, origin)| match origin {
                Origin::Input(span) => Some(*span),
                _ => None,
            })
            .collect();
        let said: Vec<Span> = outcome
            .sink
            .iter()
            .filter_map(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span))
            .collect();
        let about =
            |span: Span, entry: &Entry| meets(span, entry.region) || meets(span, entry.value);
        let spoken = |entry: &Entry| said.iter().any(|span| about(*span, entry));
        // What is merged from several files stands where each of its parts does.
        let below = |entry: &Entry| {
            let path = entry.path.clone();
            let part = move |other: &&Entry| {
                let rest = other.path.strip_prefix(&path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            ledger.entries.iter().filter(part)
        };
        for entry in ledger.entries.iter().filter(|entry| entry.written) {
            let field = entry.row.is_some_and(|row| row.fate == Fate::Field);
            let true_record = match entry.verdict {
                Verdict::Mapped => {
                    !field
                        || entry.note.starts_with("it asks for")
                        || below(entry).any(|entry| origins.iter().any(|span| about(*span, entry)))
                        || spoken(entry)
                }
                // What is refused as a whole is said of the whole.
                Verdict::Approximated | Verdict::Refused => {
                    spoken(entry)
                        || entry.note.starts_with("the service")
                        || ledger.entries.iter().any(|above| {
                            entry.path.starts_with(&above.path)
                                && above.path != entry.path
                                && above.verdict == entry.verdict
                                && spoken(above)
                        })
                }
            };
            if !true_record {
                found.push(format!("{} is on record as {}", entry.path, entry.verdict.word()));
            }
        }
    }
    found
}

fn check(cases: &[data::Case]) {
    assert!(!cases.is_empty());
    let mut failed = Vec::new();
    for case in cases {
        let outcome = case.convert(None);
        let mut found = unaccounted(&outcome);
        if outcome.bundle.is_none() {
            let first = outcome.sink.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
            found.push(format!("not converted: {}", first.join("; ")));
        }
        if !found.is_empty() {
            failed.push(format!("{}: {}", case.name, found.join("\n    ")));
        }
    }
    let (count, all) = (failed.len(), cases.len());
    assert!(
        failed.is_empty(),
        "{}\n{count} of {all} have keys that nothing stands for",
        failed.join("\n")
    );
}

#[test]
#[ignore = "needs the recorded data"]
fn every_attribute_stands_in_objects_or_in_a_diagnostic() {
    check(&data::attributes());
}

#[test]
#[ignore = "needs the recorded data"]
fn every_key_of_the_corpus_stands_in_objects_or_in_a_diagnostic() {
    check(&data::corpus());
}
