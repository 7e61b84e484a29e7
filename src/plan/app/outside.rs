//! What an application knows of the world around it: stores elsewhere, and stores of secrets.

use crate::text::Origin;

/// Where an external service is.
#[derive(Debug, Clone)]
pub struct ExternalEndpoint {
    /// Host name.
    pub host: Option<String>,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Port, where it differs.
    pub port: Option<i64>,
    /// Whether it wants TLS.
    pub tls: bool,
    /// How others reach it.
    pub reach: Reach,
    /// The Secret with its credentials.
    pub credentials: Option<String>,
    /// Where it is said.
    pub origin: Origin,
}

/// How others reach an external service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its name is an alias in DNS.
    Alias,
    /// Its name leads to addresses.
    Addresses,
    /// Its name leads to a small proxy.
    Ambassador,
    /// Variables name the host itself; the name is an alias for whatever else uses it.
    Variables,
}

impl ExternalEndpoint {
    /// What a client connects to: the first address where names lead to addresses, which beat the
    /// host of a weaker place; else the host.
    pub fn target(&self) -> &str {
        let first = self.addresses.first().map(String::as_str);
        let addressed = first.filter(|_| self.reach == Reach::Addresses);
        addressed.or(self.host.as_deref()).or(first).unwrap_or_default()
    }
}

/// The store of external-secrets.io that has the values of Secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretStore {
    /// Its name.
    pub name: String,
    /// `SecretStore` or `ClusterSecretStore`.
    pub kind: String,
    /// The folder of the keys.
    pub path: String,
    /// Where it is said.
    pub origin: Origin,
}
