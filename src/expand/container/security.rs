//! How a container is separated from its host.

use crate::directive as d;
use crate::plan::container::security::{Label, Security};
use crate::unit::Unit;

use super::texts;

/// Assigns what the container is kept from.
pub(super) fn assign(unit: &mut Unit, security: &Security) {
    let Security {
        is_privileged,
        no_new_privileges,
        label,
        seccomp_profile,
        app_armor,
        mask,
        unmask,
        user_namespace,
        uid_map,
        gid_map,
        sub_uid_map,
        sub_gid_map,
    } = security;
    unit.assign_set(&d::container::PRIVILEGED, *is_privileged);
    unit.assign_set(&d::container::NO_NEW_PRIVILEGES, *no_new_privileges);
    let Label { is_disabled, is_nested, kind, file_type, level } = label;
    unit.assign_set(&d::container::SECURITY_LABEL_DISABLE, *is_disabled);
    unit.assign_set(&d::container::SECURITY_LABEL_NESTED, *is_nested);
    unit.assign_text(&d::container::SECURITY_LABEL_TYPE, kind.as_deref());
    unit.assign_text(&d::container::SECURITY_LABEL_FILE_TYPE, file_type.as_deref());
    unit.assign_text(&d::container::SECURITY_LABEL_LEVEL, level.as_deref());
    unit.assign_text(&d::container::SECCOMP_PROFILE, seccomp_profile.as_deref());
    unit.assign_text(&d::container::APP_ARMOR, app_armor.as_deref());
    unit.assign_texts(&d::container::MASK, texts(mask));
    unit.assign_texts(&d::container::UNMASK, texts(unmask));
    unit.assign_text(&d::container::USER_NS, user_namespace.as_deref());
    unit.assign_texts(&d::container::UID_MAP, texts(uid_map));
    unit.assign_texts(&d::container::GID_MAP, texts(gid_map));
    unit.assign_text(&d::container::SUB_UID_MAP, sub_uid_map.as_deref());
    unit.assign_text(&d::container::SUB_GID_MAP, sub_gid_map.as_deref());
}
