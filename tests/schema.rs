//! The JSON Schema and the parser take the same manifests, but for what a schema cannot say.
//!
//! Both are fed every case and every example of a field, and what comes of each example when one of its values
//! is in turn of another type, another word, gone, or beside a key that nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use unitsmith::manifest::{self, Format, schema};
use unitsmith::problem::Code;

use crate::fields;
use crate::support::repository;

/// What the parser finds beyond the schema, and why that is.
const UNSAID: &[(Code, &str)] = &[
    (Code::MissingKey, "what a service lacks may come from a template"),
    (Code::UnknownName, "names are those of other parts of the manifest"),
];

/// What both must find, each often.
const SAID: [Code; 4] = [Code::UnknownKey, Code::WrongType, Code::MissingKey, Code::UnknownValue];

#[test]
fn every_case_is_valid() {
    let validator = jsonschema::draft202012::new(&schema::schema()).unwrap();
    let cases = std::fs::read_dir(repository().join("tests/cases")).unwrap();
    let cases = cases.map(|it| it.unwrap().path().join("unitsmith.toml"));
    for path in cases {
        let manifest = value(&std::fs::read_to_string(&path).unwrap());
        let errors: Vec<String> =
            validator.iter_errors(&manifest).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "`{}`: {errors:#?}", path.display());
    }
}

#[test]
fn what_the_parser_refuses_the_schema_refuses() {
    let validator = jsonschema::draft202012::new(&schema::schema()).unwrap();
    let unsaid: BTreeSet<Code> = UNSAID.iter().map(|(code, _)| *code).collect();
    let mut refused_by_both: BTreeMap<Code, usize> = BTreeMap::new();
    let mut refused_by_parser = BTreeSet::new();
    for example in fields::manifests() {
        let example = value(&example);
        assert!(validator.is_valid(&example), "{example}");
        for mutation in mutations(&example) {
            let codes = codes(&mutation);
            match (validator.is_valid(&mutation), codes.is_empty()) {
                (true, true) => {}
                (true, false) => {
                    assert!(codes.is_subset(&unsaid), "the schema takes {codes:?}: {mutation}");
                    refused_by_parser.extend(codes);
                }
                (false, true) => panic!("the schema refuses what the parser takes: {mutation}"),
                (false, false) => {
                    codes.into_iter().for_each(|it| *refused_by_both.entry(it).or_default() += 1);
                }
            }
        }
    }
    for code in SAID {
        let count = refused_by_both.get(&code).copied().unwrap_or_default();
        assert!(count >= 50, "{code:?} was refused {count} times");
    }
    assert_eq!(refused_by_parser, unsaid, "what is listed as unsaid is unsaid");
}

fn value(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

/// The codes of what the parser says of a manifest.
fn codes(manifest: &Value) -> BTreeSet<Code> {
    let text = manifest.to_string();
    let (_, _, problems) = manifest::parse("unitsmith.json", text.into(), Format::Json);
    problems.into_iter().map(|it| it.code).collect()
}

/// Every manifest that differs from this one in one place.
fn mutations(manifest: &Value) -> Vec<Value> {
    let mut mutations = Vec::new();
    for pointer in pointers(manifest, "") {
        let mut put = |value: Value| {
            let mut mutation = manifest.clone();
            *mutation.pointer_mut(&pointer).unwrap() = value;
            mutations.push(mutation);
        };
        for value in
            [json!("zzz"), json!(7), json!(1.5), json!(true), json!(["zzz"]), json!([]), json!({})]
        {
            put(value);
        }
        put(Value::Null);
        if let Some(Value::Object(members)) = manifest.pointer(&pointer) {
            for key in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(key);
                put(fewer.into());
            }
            let mut more = members.clone();
            more.insert("zzz".to_owned(), "zzz".into());
            put(more.into());
        }
    }
    mutations
}

/// Where each value of a manifest is.
fn pointers(value: &Value, pointer: &str) -> Vec<String> {
    let mut pointers = vec![pointer.to_owned()];
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers.extend(self::pointers(member, &format!("{pointer}/{key}")));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers.extend(self::pointers(item, &format!("{pointer}/{index}")));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    pointers
}
