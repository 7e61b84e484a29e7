//! `c2k secrets`.

use std::io::Read;

use super::{
    Exit,
    arguments::{ComposeArgs, SecretsArgs, request},
    complain, messages, print, say,
};
use crate::{
    convert::convert,
    kube::{self, Object},
    load::Disk,
    plan::App,
    text::Severity,
    yaml,
};

/// Letters and digits, which no URL, shell or file needs to quote.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Characters of a generated value: some 190 bits.
const LENGTH: usize = 32;

/// Prints Secrets with the values at hand; they go to standard output and nowhere else.
pub(super) fn run(compose: &ComposeArgs, args: &SecretsArgs) -> Exit {
    let environments: Vec<String> = args.environment.iter().cloned().collect();
    let request = request(compose, &args.positional, &environments, &args.settings);
    let mut outcome = convert(&request, &Disk);
    let planned = outcome.planned.last_mut();
    let (Some(_), Some(planned)) = (&outcome.bundle, planned) else {
        messages::report(&outcome.sink, &outcome.sources, Severity::Warning);
        return Exit::BadInput;
    };
    if let Err(error) = fill(&mut planned.app, args.generate) {
        return complain(&format!("cannot make random values: {error}"));
    }
    let objects: Vec<Object> = kube::secret_objects(&planned.app);
    if objects.is_empty() {
        say("there are no Secrets in this project\n");
        return Exit::Done;
    }
    let text = yaml::emit_documents(objects.iter().map(|object| &object.value));
    print(text.as_bytes(), Exit::Done)
}

/// Fills empty values, or names them. A key that several Secrets share has one value.
fn fill(app: &mut App, generate: bool) -> std::io::Result<()> {
    let mut made = std::collections::BTreeMap::new();
    for set in &mut app.secrets {
        for entry in set.entries.iter_mut().filter(|entry| entry.value.is_empty()) {
            if !generate {
                say(&format!("{}: {} is empty (`--generate` fills it)\n", set.name, entry.key));
                continue;
            }
            let value = match made.get(&entry.key) {
                Some(value) => String::clone(value),
                None => random()?,
            };
            entry.value = value.clone().into_bytes();
            made.insert(entry.key.clone(), value);
        }
    }
    Ok(())
}

/// A strong random value.
fn random() -> std::io::Result<String> {
    let mut source = std::fs::File::open("/dev/urandom")?;
    let mut text = String::new();
    let mut byte = [0_u8];
    while text.len() < LENGTH {
        source.read_exact(&mut byte)?;
        // Bytes beyond a multiple of the alphabet would favour its first letters.
        let index = usize::from(byte[0]);
        if index < ALPHABET.len() * 4
            && let Some(&letter) = ALPHABET.get(index % ALPHABET.len())
        {
            text.push(char::from(letter));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn random_values_differ() {
        let (one, other) = (super::random().unwrap(), super::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), super::LENGTH);
    }
}
