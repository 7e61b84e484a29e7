//! The expected trees of the samples, made again: reading the difference is the review.

use std::path::Path;

use crate::{Result, c2k::C2k, context, files, samples};

/// Makes every sample's `expected/` again.
pub fn run() -> Result {
    let c2k = C2k::build()?;
    for sample in samples::all()? {
        bless(&c2k, &sample)?;
        println!("{}: blessed", sample.name);
    }
    Ok(())
}

fn bless(c2k: &C2k, sample: &samples::Sample) -> Result {
    let folder = files::temporary()?;
    let (copy, out) = (folder.path().join(&sample.name), folder.path().join("out"));
    sample.copy_to(&copy)?;
    let call = sample.call(&copy);
    for env in sample.expected_environments() {
        let place = out.join("manifests").join(&env);
        c2k.must_convert(&call, "manifests", Some(&env), &place)?;
    }
    // Without `--env`, these hold every environment of the sample.
    for form in ["kustomize", "helm"] {
        c2k.must_convert(&call, form, None, &out.join(form))?;
    }
    // Everything converted before anything is replaced.
    let expected = sample.expected();
    context(std::fs::create_dir_all(&expected), expected.display())?;
    files::clear(&expected)?;
    keep(&out, &expected)
}

/// Copies a tree as it is kept in the repository.
fn keep(from: &Path, to: &Path) -> Result {
    for (name, path) in files::below(from)? {
        if let Some(name) = kept_name(&name) {
            let content = context(std::fs::read(&path), path.display())?;
            files::write(&to.join(name), &content)?;
        }
    }
    Ok(())
}

/// The name under which an emitted file is kept: a `.gitignore` would act on the repository, and
/// the state of the last run is not part of the output.
fn kept_name(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    match file {
        ".gitignore" if folder.is_empty() => Some("gitignore".to_owned()),
        ".gitignore" => Some(format!("{folder}/gitignore")),
        _ if file.starts_with(".c2k") => None,
        _ => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_files_are_renamed_or_left_out() {
        assert_eq!(kept_name("dev/.gitignore").as_deref(), Some("dev/gitignore"));
        assert_eq!(kept_name(".gitignore").as_deref(), Some("gitignore"));
        assert_eq!(kept_name("dev/.c2k-state"), None);
        assert_eq!(kept_name("shop/.helmignore").as_deref(), Some("shop/.helmignore"));
    }
}
