//! What is allowed and yet probably not meant: rules over the plan, each with a page that explains it.
//!
//! A rule is a row in the table of its family and a function that reports what it finds.
//! Codes that stop nothing are rules, and no other: `gen` and `check` say the warnings, `lint` the notes, too.
//!
//! Invariant: reads meaning, never text of units; changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model::Manifest;
use crate::plan::Plan;
use crate::plan::activation::{Activation, Listener};
use crate::plan::container::Container;
use crate::plan::name::ServiceName;
use crate::plan::process::Process;
use crate::plan::raw::{Raw, Section};
use crate::plan::service::{Service, Workload};
use crate::problem::{Code, Path, Place, Problem, Step, Trail};

mod account;
mod activation;
mod image;
mod lifecycle;
mod manifest;
mod network;
mod secret;
mod storage;

/// A rule: what it is called, what explains it, and what looks for it.
pub struct Rule {
    pub code: Code,
    /// What it finds, why that is bad, an example and what to write instead, in Markdown.
    pub page: &'static str,
    check: Check,
}

/// What a rule looks at.
enum Check {
    /// One service in one of its forms.
    Service(fn(&Subject<'_>, &mut Findings)),
    /// Everything together.
    Plan(fn(&Plan, &mut Findings)),
    /// What was written and means nothing to any unit.
    Manifest(fn(&Manifest, &mut Findings)),
    /// What the others found and what of it is accepted.
    Allowed,
}

/// Declares the rules of a family.
macro_rules! family {
    ($($code:ident $number:literal $kind:ident $(($check:path))?,)*) => {
        /// The rules of the family.
        pub(super) const RULES: &[$crate::lint::Rule] = &[$($crate::lint::Rule {
            code: $crate::problem::Code::$code,
            page: include_str!(concat!("pages/", $number, ".md")),
            check: $crate::lint::Check::$kind $(($check))?,
        },)*];
    };
}
use family;

/// Every rule, in the order of their families.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let families = [
        network::RULES,
        activation::RULES,
        image::RULES,
        secret::RULES,
        account::RULES,
        storage::RULES,
        lifecycle::RULES,
        manifest::RULES,
    ];
    families.into_iter().flatten()
}

/// Returns what the rules find in a manifest and is not accepted there.
pub fn find(written: &Manifest, plan: &Plan) -> Vec<Problem> {
    let mut found = Vec::new();
    let subjects = subjects(plan);
    for rule in rules() {
        let mut findings = Findings { code: rule.code, problems: Vec::new() };
        match rule.check {
            Check::Service(check) => subjects.iter().for_each(|it| check(it, &mut findings)),
            Check::Plan(check) => check(plan, &mut findings),
            Check::Manifest(check) => check(written, &mut findings),
            Check::Allowed => {}
        }
        found.extend(findings.problems.iter().filter(|it| !findings.says_of_service(it)).cloned());
    }
    let mut used = BTreeSet::new();
    found.retain(|problem| {
        let Some(service) = service_of(&problem.place.path) else { return true };
        let allow = written.services.get(service).map(|it| &it.allow);
        let is_allowed =
            allow.is_some_and(|it| it.iter().any(|it| it.code() == problem.code.as_str()));
        if is_allowed {
            used.insert(problem.code);
        }
        !is_allowed
    });
    let mut unused = Findings { code: Code::AllowWithoutUse, problems: Vec::new() };
    manifest::allowed_without_use(written, &used, &mut unused);
    found.extend(unused.problems);
    found
}

/// What one rule found.
struct Findings {
    code: Code,
    problems: Vec<Problem>,
}

impl Findings {
    /// Adds what is wrong at a place, and what to do.
    fn add(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(self.code, place, message).hint(hint));
    }

    /// Whether what was found in a service as one host runs it was found in the service itself.
    fn says_of_service(&self, problem: &Problem) -> bool {
        let is_override =
            |path: &Path| matches!(path.0.get(2), Some(Step::Key(it)) if it == "overrides");
        let path = &problem.place.path;
        is_override(path)
            && self.problems.iter().any(|it| {
                let of = &it.place.path;
                !is_override(of) && of.0.get(1) == path.0.get(1) && it.message == problem.message
            })
    }
}

/// A service in one of its forms, and where it is written.
struct Subject<'a> {
    plan: &'a Plan,
    service: &'a Service,
    path: Path,
}

impl Subject<'_> {
    /// The place of the value at some keys below the service.
    fn at<const N: usize>(&self, keys: [&str; N]) -> Place {
        let mut path = self.path.clone();
        path.0.extend(keys.map(|it| Step::Key(it.to_owned())));
        path.at_value()
    }

    /// The place of an element of a list below the service.
    fn at_index<const N: usize>(&self, keys: [&str; N], index: usize) -> Place {
        let mut place = self.at(keys);
        place.path.0.push(Step::Index(index));
        place
    }

    fn container(&self) -> Option<&Container> {
        match &self.service.workload {
            Workload::Process(_) | Workload::Flake => None,
            Workload::Container(container) => Some(container),
        }
    }

    fn process(&self) -> Option<&Process> {
        match &self.service.workload {
            Workload::Process(process) => Some(process),
            Workload::Container(_) | Workload::Flake => None,
        }
    }

    /// The socket of a service that sleeps.
    fn listener(&self) -> Option<&Listener> {
        let Activation::Socket(listener) = &self.service.activation else { return None };
        Some(listener)
    }

    /// A directive that is passed on as it stands.
    fn raw(&self, section: Section, key: &str) -> Option<&Raw> {
        self.service.systemd.iter().find(|it| it.section == section && it.key == key)
    }

    /// The accounts of the hosts that run the service; `None` among them is the system itself.
    fn runs_as(&self) -> BTreeSet<Option<&str>> {
        let name = &self.service.name;
        let plain = self.plan.plain_hosts.iter().filter(|it| it.services.contains(name));
        let plain = plain.map(|it| it.user.as_ref());
        let nixos = self.plan.nixos.hosts.values().filter(|it| it.services.contains(name));
        let nixos = nixos.map(|it| it.user.as_ref());
        plain.chain(nixos).map(|it| it.map(|it| it.as_str())).collect()
    }
}

/// Every service in every form that it has on some host.
fn subjects(plan: &Plan) -> Vec<Subject<'_>> {
    let services = Trail::Root.key("services");
    let all = plan.services.iter().map(|(name, service)| {
        let path = services.key(name.as_str()).to_path();
        Subject { plan, service, path }
    });
    let variants = plan.variants.iter().flat_map(|(host, variants)| {
        variants.iter().map(move |(name, service)| {
            let path = Trail::Root.key("services").to_path();
            let steps = [name.as_str(), "overrides", host.as_str()];
            let steps = steps.map(|it| Step::Key(it.to_owned()));
            Subject { plan, service, path: Path([path.0, steps.to_vec()].concat()) }
        })
    });
    all.chain(variants).collect()
}

/// The services of each host.
fn services_by_host(plan: &Plan) -> Vec<BTreeMap<&ServiceName, &Service>> {
    let plain = plan.plain_hosts.iter().map(|it| (it.name.as_ref(), &it.services));
    let nixos = plan.nixos.hosts.iter().map(|(name, host)| (Some(name), &host.services));
    let hosts = plain.chain(nixos).map(|(host, services)| {
        let variants = host.and_then(|it| plan.variants.get(it));
        let service = |name| variants.and_then(|it| it.get(name)).unwrap_or(&plan.services[name]);
        services.iter().map(|name| (name, service(name))).collect()
    });
    hosts.collect()
}

/// The service to which a place belongs.
fn service_of(path: &Path) -> Option<&str> {
    match &path.0[..] {
        [Step::Key(services), Step::Key(service), ..] if services == "services" => Some(service),
        _ => None,
    }
}
