//! Settings of Services and routes.

/// The Gateway that routes are attached to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gateway {
    /// Its name.
    pub name: String,
    /// Its namespace, where it is another one.
    pub namespace: Option<String>,
    /// Its listener; none: all of them.
    pub section: Option<String>,
}

/// What is said of a port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServicePortSetting {
    /// Its name.
    pub name: Option<String>,
    /// What is spoken there.
    pub app_protocol: Option<String>,
}
