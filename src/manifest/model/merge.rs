//! Parts of services as they are written.
//!
//! They are merged into services before anything is decoded, so nothing of them is kept here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::service::Service;

/// Names of templates.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Extend {
    #[serde(rename = "a string")]
    One(String),
    #[serde(rename = "a list")]
    Several(Vec<String>),
}

/// A part of a service: nothing of it must be there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Partial {}

/// A part of a service that is completed for each of its owners, which `for` names.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Companion {}

impl JsonSchema for Partial {
    fn schema_name() -> Cow<'static, str> {
        "Partial".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Service>()
    }
}

impl JsonSchema for Companion {
    fn schema_name() -> Cow<'static, str> {
        "Companion".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// `manifest::schema` makes the definition of that of a service.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "$ref": "#/$defs/Companion" })
    }
}
