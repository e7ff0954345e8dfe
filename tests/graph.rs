//! Pictures, as those read them for whom they are drawn.

use expect_test::expect;
use unitsmith::graph::{Edge, EdgeKind, Graph, Narrow, Node, NodeKind, graph};
use unitsmith::manifest::Format;
use unitsmith::syntax::nasty::NASTY;
use unitsmith::syntax::{dot, mermaid, svg};

use crate::support::{plan, read, repository, run, scratch};

/// The pictures of all cases.
fn cases() -> impl Iterator<Item = Graph> {
    let cases = read(&repository().join("tests/cases")).into_iter();
    let cases = cases.filter(|(path, _)| path.ends_with("/unitsmith.toml"));
    cases.map(|(_, text)| graph(&plan(&text, Format::Toml).unwrap(), &Narrow::default()))
}

/// The pictures of all cases, of the examples of all fields, and one of texts that break careless quoting.
fn pictures() -> impl Iterator<Item = Graph> {
    let examples = crate::fields::manifests().filter_map(|it| plan(&it, Format::Toml).ok());
    let examples = examples.map(|plan| graph(&plan, &Narrow::default()));
    cases().chain(examples).chain([nasty()])
}

/// A picture whose texts are those of the corpus, without what `graph` itself never lets in.
fn nasty() -> Graph {
    let texts = NASTY.iter().filter(|it| {
        !it.is_empty() && !it.contains(|it: char| it.is_control() || it == '\u{fffe}')
    });
    let nodes: Vec<Node> = texts
        .zip(NodeKind::ALL.iter().cycle())
        .map(|(text, kind)| Node {
            kind: *kind,
            title: (*text).to_owned(),
            lines: vec![(*text).to_owned()],
        })
        .collect();
    let edges = (1..nodes.len()).map(|it| Edge {
        from: it / 2,
        to: it,
        kind: EdgeKind::WaitsFor,
        label: Some(nodes[it].title.clone()),
    });
    Graph { edges: edges.collect(), nodes }
}

/// Runs a program of Debian on a file.
fn told(program: &str, arguments: &[&str], name: &str, text: &str) -> String {
    let scratch = scratch();
    let file = scratch.path().join(name);
    std::fs::write(&file, text).unwrap();
    let mut command = std::process::Command::new(program);
    let output = run(command.args(arguments).arg(&file).current_dir(scratch.path()));
    assert_eq!((output.stderr.as_str(), output.code), ("", Some(0)), "{text}");
    output.stdout
}

/// The texts of an SVG, of elements of one name.
fn texts(svg: &str, element: &str) -> Vec<String> {
    let document = roxmltree::Document::parse_with_options(
        svg,
        roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
    );
    let document = document.unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let elements = document
        .descendants()
        .filter(|it| it.has_tag_name(("http://www.w3.org/2000/svg", element)));
    elements.map(|it| it.text().unwrap_or_default().to_owned()).collect()
}

/// What must be somewhere in a picture: each title, line and label.
fn wanted(graph: &Graph) -> Vec<String> {
    let nodes = graph.nodes.iter().flat_map(|it| std::iter::once(&it.title).chain(&it.lines));
    let mut all: Vec<String> =
        nodes.chain(graph.edges.iter().filter_map(|it| it.label.as_ref())).cloned().collect();
    all.sort();
    all
}

#[test]
fn graphviz_shows_every_text_as_it_is() {
    for graph in cases().chain([nasty()]) {
        let shown = told("dot", &["-Tsvg"], "it.dot", &dot::file("header", &graph));
        // Graphviz writes blanks as ones that do not break.
        let blank = |it: String| it.replace('\u{a0}', " ");
        let mut shown: Vec<String> = texts(&shown, "text").into_iter().map(blank).collect();
        shown.sort();
        let mut wanted: Vec<String> = wanted(&graph).into_iter().map(blank).collect();
        wanted.sort();
        assert_eq!(shown, wanted);
    }
}

#[test]
fn an_svg_shows_every_text_as_it_is() {
    for graph in pictures() {
        let text = svg::file("header", &graph);
        let mut shown: Vec<String> = texts(&text, "title")
            .iter()
            .flat_map(|it| it.split('\n').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        shown.sort();
        assert_eq!(shown, wanted(&graph));
        // What is too long ends with dots, and nothing else is changed.
        for shown in texts(&text, "text") {
            let beginning = shown.strip_suffix('…').unwrap_or(&shown);
            assert!(wanted(&graph).iter().any(|it| it.starts_with(beginning)), "{shown}");
        }
    }
}

#[test]
fn a_browser_can_draw_an_svg() {
    for graph in [nasty(), Graph::default()] {
        told("rsvg-convert", &["-o", "it.png"], "it.svg", &svg::file("a -- b", &graph));
    }
}

/// Position and size of an element.
fn rectangle(node: roxmltree::Node<'_, '_>) -> [i64; 4] {
    ["x", "y", "width", "height"].map(|it| node.attribute(it).unwrap().parse().unwrap())
}

#[test]
fn no_two_labels_of_an_svg_overlap_and_each_has_room() {
    for graph in pictures() {
        let text = svg::file("header", &graph);
        let document = roxmltree::Document::parse(&text).unwrap();
        let groups = document.descendants().filter(|it| it.tag_name().name() == "g");
        let mut boxes: Vec<[i64; 4]> = Vec::new();
        for group in groups {
            let frame = group.children().find(|it| it.tag_name().name() == "rect").unwrap();
            let frame = rectangle(frame);
            for text in group.children().filter(|it| it.tag_name().name() == "text") {
                let number = |key: &str| text.attribute(key).unwrap().parse::<f64>().unwrap();
                let letters: usize = text
                    .text()
                    .unwrap_or_default()
                    .chars()
                    .map(|it| unicode_width::UnicodeWidthChar::width(it).unwrap_or(1))
                    .sum();
                let half = letters as f64 * number("font-size") * 0.602 / 2.0;
                let [x, y, width, height] = frame.map(|it| it as f64);
                assert!(number("x") - half >= x && number("x") + half <= x + width, "{text:?}");
                assert!(number("y") - number("font-size") * 0.8 >= y, "{text:?}");
                assert!(number("y") + number("font-size") * 0.25 <= y + height, "{text:?}");
            }
            boxes.push(frame);
        }
        assert_eq!(
            boxes.len(),
            graph.nodes.len() + graph.edges.iter().filter(|it| it.label.is_some()).count()
        );
        for (index, [x, y, width, height]) in boxes.iter().enumerate() {
            for [x2, y2, width2, height2] in &boxes[index + 1..] {
                let apart = x + width <= *x2
                    || x2 + width2 <= *x
                    || y + height <= *y2
                    || y2 + height2 <= *y;
                assert!(apart, "{text}");
            }
        }
    }
}

/// What Mermaid reads between quotes: nothing that could end them or mean something there.
#[test]
fn a_label_of_mermaid_holds_no_character_that_means_something() {
    for graph in pictures() {
        let text = mermaid::file("header", &graph);
        let mut found = Vec::new();
        for line in text.lines().skip(2).filter(|it| !it.starts_with("  classDef")) {
            let parts: Vec<&str> = line.split('"').collect();
            assert!([1, 3].contains(&parts.len()), "{line}");
            let [_, label, _] = parts[..] else { continue };
            for part in label.split("<br/>") {
                let mut decoded = String::new();
                let mut rest = part;
                while let Some((plain, after)) = rest.split_once('#') {
                    let (number, after) = after.split_once(';').unwrap();
                    decoded.push_str(plain);
                    decoded.push(char::from_u32(number.parse().unwrap()).unwrap());
                    rest = after;
                }
                decoded.push_str(rest);
                let literal = part.replace(['#', ';'], "");
                assert!(
                    !literal.contains(['"', '`', '<', '>', '&', '%', '\\', '|', '[', '{', '(']),
                    "{line}"
                );
                found.push(decoded);
            }
        }
        found.sort();
        assert_eq!(found, wanted(&graph));
    }
}

const SHOP: &str = r#"
[hosts.shelf]
systemd = 257
[hosts.attic]
systemd = 257

[services.db]
exec.command = ["/usr/bin/postgres", "-p", "${port}"]
port = 5432

[services.web]
exec.command = ["/usr/bin/web", "${backendPort}"]
port = 80
backendPort = 8080
hosts = ["shelf"]
activation = { on = "socket", handoff = "proxy", idleTimeout = "5min" }
dependsOn.db = "started"
expose.nginx = { host = "example.org", path = "/shop/", tls = "acme" }

[services.backup]
exec.command = ["/usr/bin/backup"]
schedule.calendar = ["daily"]
dependsOn.db = "started"

[services.report]
exec.command = ["/usr/bin/report"]
activation.on = "manual"
dependsOn = { backup = "started", web = "started" }
hosts = ["shelf"]

[services.lonely]
exec.command = ["/opt/x/a b"]
"#;

fn drawn(narrow: &Narrow) -> String {
    let graph = graph(&plan(SHOP, Format::Toml).unwrap(), narrow);
    let mut text = String::new();
    for Node { kind, title, lines } in &graph.nodes {
        text.push_str(&format!("{} {title}: {}\n", kind.as_str(), lines.join("; ")));
    }
    for Edge { from, to, kind, label } in &graph.edges {
        let (from, to) = (&graph.nodes[*from].title, &graph.nodes[*to].title);
        text.push_str(&format!("{from} {kind:?} {to} {}\n", label.as_deref().unwrap_or("-")));
    }
    text
}

#[test]
fn a_picture_shows_who_reaches_and_who_waits_for_whom() {
    expect![[r#"
        sleeper backup: when due
        timer backup.timer: daily
        service db: postgres; from boot on; port 5432
        service lonely: a b; from boot on
        service report: by hand; on shelf
        sleeper web: when called; port 8080; on shelf
        socket web.socket: 127.0.0.1:80
        shown https://example.org: nginx
        backup.timer Reaches backup starts
        web.socket Reaches web proxy, idle 5min
        backup WaitsFor db started
        report WaitsFor backup completed
        report WaitsFor web.socket started
        web WaitsFor db started
        https://example.org Reaches web.socket /shop/
    "#]]
    .assert_eq(&drawn(&Narrow::default()));
}

#[test]
fn a_picture_is_of_one_host_and_of_what_has_to_do_with_a_service() {
    let plan = plan(SHOP, Format::Toml).unwrap();
    let name = |name: &str| plan.services.keys().find(|it| it.as_str() == name).unwrap().clone();
    let attic = plan.plain_hosts.iter().filter_map(|it| it.name.clone());
    let attic = attic.into_iter().find(|it| it.as_str() == "attic");
    expect![[r#"
        sleeper backup: when due
        timer backup.timer: daily
        service db: postgres; from boot on; port 5432
        service lonely: a b; from boot on
        backup.timer Reaches backup starts
        backup WaitsFor db started
    "#]]
    .assert_eq(&drawn(&Narrow { host: attic, ..Narrow::default() }));
    let services = [name("backup")].into();
    expect![[r#"
        sleeper backup: when due
        timer backup.timer: daily
        service db: postgres; from boot on; port 5432
        service report: by hand; on shelf
        backup.timer Reaches backup starts
        backup WaitsFor db started
        report WaitsFor backup completed
    "#]]
    .assert_eq(&drawn(&Narrow { services, ..Narrow::default() }));
}

#[test]
fn a_picture_of_a_ring_of_sleepers_is_drawn() {
    let manifest = "[services.a]\nexec.command = [\"/usr/bin/a\"]\ndependsOn.b = \"started\"\n\
                    activation = { on = \"socket\", handoff = \"fd\" }\n\
                    [services.b]\nexec.command = [\"/usr/bin/b\"]\ndependsOn.a = \"started\"\n\
                    activation = { on = \"socket\", handoff = \"fd\" }\n";
    let graph = graph(&plan(manifest, Format::Toml).unwrap(), &Narrow::default());
    assert_eq!((graph.nodes.len(), graph.edges.len()), (4, 4));
    assert!(svg::file("header", &graph).contains("a.socket"));
}
