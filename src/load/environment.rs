//! The environment that a project is loaded with: the process environment over environment files.

use super::{
    Variable,
    dotenv::{Definition, Parser},
    interpolate::Variables,
    paths,
    project::Loader,
};
use crate::text::{Code, Failed, Span};

impl Loader<'_> {
    /// The process environment, `PWD` included.
    pub(super) fn process_environment(&self) -> Variables {
        let mut variables: Variables = self
            .options
            .environment
            .iter()
            .map(|(name, value)| {
                (name.clone(), Variable { value: value.clone(), span: Span::NONE })
            })
            .collect();
        variables
            .entry("PWD".to_owned())
            .or_insert_with(|| Variable { value: self.working_dir.clone(), span: Span::NONE });
        variables
    }

    /// The environment files that stand for a project in `folder`.
    pub(super) fn project_env_files(&self, folder: &str) -> Vec<String> {
        let process = |name: &str| self.options.environment.get(name).map(String::as_str);
        let mut files: Vec<String> = if !self.options.env_files.is_empty() {
            self.options.env_files.clone()
        } else if let Some(list) = process("COMPOSE_ENV_FILES").filter(|list| !list.is_empty()) {
            list.split(',').map(|path| path.trim().to_owned()).collect()
        } else if process("COMPOSE_DISABLE_ENV_FILE").is_some_and(is_true) {
            Vec::new()
        } else {
            let path = paths::join(folder, ".env");
            let there = self.files.stat(&path).is_some_and(|stat| !stat.folder);
            there.then_some(path).into_iter().collect()
        };
        files.extend(self.options.more_env_files.iter().cloned());
        files
    }

    /// The variables of environment files, read in order; `around` has the first word in lookups.
    pub(super) fn read_env_files(
        &mut self,
        files: &[String],
        around: &Variables,
    ) -> Result<Variables, Failed> {
        let mut variables = Variables::new();
        for path in files {
            let path = paths::join(&self.working_dir, path);
            match self.files.stat(&path) {
                None => {
                    let message = format!("couldn't find env file: {}", self.shown(&path));
                    return Err(self.fail(Code::FileUnreadable, message, Span::NONE));
                }
                Some(stat) if stat.folder => {
                    let message = format!("{} is a directory", self.shown(&path));
                    return Err(self.fail(Code::FileUnreadable, message, Span::NONE));
                }
                Some(_) => {}
            }
            for definition in self.definitions(&path, false, &[around], variables.clone())? {
                let Definition { name, value, span, .. } = definition;
                variables.insert(name, Variable { value, span });
            }
        }
        Ok(variables)
    }

    /// What one environment file defines after those before it (`earlier`); its values are hidden in
    /// excerpts.
    pub(super) fn definitions(
        &mut self,
        path: &str,
        raw: bool,
        layers: &[&Variables],
        earlier: Variables,
    ) -> Result<Vec<Definition>, Failed> {
        let file = self.read_file(path, Span::NONE)?;
        let Some(text) = self.sources.get(file).map(|source| source.text.clone()) else {
            return Err(Failed);
        };
        let parser = Parser::new((file, &text), (layers, earlier), &mut self.usage, self.sink);
        let read = if raw { parser.raw() } else { parser.definitions() };
        match read {
            Ok(definitions) => {
                if self.hidden.insert(file) {
                    for definition in &definitions {
                        self.sources.hide(definition.place);
                    }
                }
                Ok(definitions)
            }
            Err(diagnostic) => {
                self.hide_values(file, &text, diagnostic.primary.as_ref().map(|label| label.span));
                Err(self.sink.fail(diagnostic))
            }
        }
    }

    /// Hides what stands behind `=` in the line that could not be read.
    fn hide_values(&mut self, file: crate::text::FileId, text: &str, place: Option<Span>) {
        let Some(place) = place else { return };
        let at = place.start as usize;
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line = text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(sign) = line.find('=') {
            self.sources.hide(Span::new(
                file,
                offset(start + sign + 1),
                offset(start + line.len()),
            ));
        }
    }
}

/// Go's reading of a boolean.
fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}
