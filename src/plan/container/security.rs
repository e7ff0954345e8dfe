//! How a container is separated from its host.

/// How a container is separated from its host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Security {
    pub is_privileged: bool,
    pub no_new_privileges: bool,
    pub label: Label,
    pub seccomp_profile: Option<String>,
    pub app_armor: Option<String>,
    pub mask: Vec<String>,
    pub unmask: Vec<String>,
    pub user_namespace: Option<String>,
    pub uid_map: Vec<String>,
    pub gid_map: Vec<String>,
    pub sub_uid_map: Option<String>,
    pub sub_gid_map: Option<String>,
}

/// The SELinux label of a container.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Label {
    pub is_disabled: bool,
    pub is_nested: bool,
    pub kind: Option<String>,
    pub file_type: Option<String>,
    pub level: Option<String>,
}
