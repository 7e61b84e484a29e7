//! What is around the pods of an environment: stores elsewhere, stores of secrets, gateways, and the
//! Pod Security level of the namespace.

use super::Planner;
use crate::{
    plan::{
        App, ContainerPort, Draft, ExternalEndpoint, Reach, SecretStore, Workload, external,
        security,
    },
    settings::{PublicType, Said, SecretModeSetting},
    text::{Code, Diagnostic, Origin, Sink},
};

impl Planner<'_> {
    /// Which Pod Security level all pods satisfy, and what keeps them from the one that is said.
    pub(super) fn judge_security(&self, app: &mut App, sink: &mut Sink) {
        for service in app.services.iter().filter(|service| service.workload.is_some()) {
            app.security_level = app.security_level.min(security::level(service));
            let place = self.place_of(&service.compose_name);
            let draft = place.and_then(|place| self.drafts.get(place));
            let own = draft.filter(|draft| !draft.external);
            let said = own.and_then(|draft| draft.settings.security_level.as_ref());
            security::report(service, said, sink);
        }
    }

    /// What becomes of sensitive values, where a setting says so.
    pub(super) fn secret_mode(&self) -> Option<&Said<SecretModeSetting>> {
        self.drafts.iter().find_map(|draft| draft.settings.secret_mode.as_ref())
    }

    /// The store that has the values of Secrets.
    pub(super) fn secret_store(&self, sink: &mut Sink) -> Option<SecretStore> {
        let said = self.secret_mode()?;
        let SecretModeSetting::ExternalSecrets { store, kind, path } = &said.value else {
            return None;
        };
        if store.is_none() {
            let message = "`secretMode` needs the store that has the values";
            let wrong = Diagnostic::new(Code::BadSetting, message).at(said.span());
            sink.push(wrong.help("`secretMode: {store: NAME}`, of external-secrets.io"));
        }
        Some(SecretStore {
            name: store.clone()?,
            kind: kind.clone().unwrap_or_else(|| "SecretStore".to_owned()),
            path: path.clone().unwrap_or_else(|| self.project.clone()),
            origin: said.origin.clone(),
        })
    }

    /// What runs in the place of a service that is outside of the cluster.
    pub(super) fn outside(
        &self,
        draft: &Draft,
        endpoint: &ExternalEndpoint,
        sink: &mut Sink,
    ) -> Option<Workload> {
        external::report_work(draft, endpoint, sink);
        let proxy = &self.said.helper_images.proxy;
        (endpoint.reach == Reach::Ambassador)
            .then(|| external::ambassador(draft, endpoint, proxy, sink))
            .flatten()
    }

    /// Routes that are attached to no Gateway lead nowhere.
    pub(super) fn need_gateway(&self, app: &App, sink: &mut Sink) {
        if app.gateway.is_some() {
            return;
        }
        for service in &app.services {
            let routed =
                |public: &crate::settings::Public| public.kind == Some(PublicType::Gateway);
            if !service.public.iter().any(routed) {
                continue;
            }
            let message =
                format!("`{}` is reached by a Gateway that nobody names", service.compose_name);
            let wrong = Diagnostic::new(Code::BadSetting, message).help("say `gateway: NAME`");
            sink.push(match service.public_origin {
                Some(Origin::Input(span)) => wrong.at(span),
                _ => wrong,
            });
        }
    }
}

/// The ports of a service: of an ambassador only the one that it forwards.
pub(super) fn served(
    draft: &Draft,
    endpoint: Option<&ExternalEndpoint>,
    workload: Option<&Workload>,
) -> Vec<ContainerPort> {
    if endpoint.is_some() && workload.is_some() {
        return external::ambassador_port(draft).into_iter().collect();
    }
    draft.ports.clone()
}
