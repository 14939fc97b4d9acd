//! Policies and method ARNs. The first line is an ARN, and each other line is a statement: `allow` or `deny`, then actions
//! separated by commas, then resources separated by commas. The verdict is compared with that of a simple evaluation that is
//! too slow for real use.
#![no_main]

use domain::{ACTION_INVOKE, Effect, MethodArn, POLICY_VERSION, PolicyDocument, Statement, Verdict};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let arn = MethodArn::parse(lines.next().unwrap_or_default());
    let method = match &arn {
        Ok(arn) => {
            assert_eq!(arn.as_str(), text.split('\n').next().unwrap_or_default());
            assert!(!arn.as_str().contains(['*', '?', ' ']) && arn.as_str().is_ascii() && arn.as_str().len() <= 512);
            let alone = PolicyDocument::allow([arn.clone()]);
            assert_eq!(alone.evaluate(ACTION_INVOKE, arn), Verdict::Allow);
            assert_eq!(alone.evaluate(ACTION_INVOKE, &MethodArn::new("x", "GET", "/another")), Verdict::ImplicitDeny);
            arn.clone()
        }
        Err(_) => MethodArn::new("dev", "POST", "/api/messages"),
    };
    let statements: Vec<Statement> = lines.filter_map(statement).collect();
    let Ok(policy) = PolicyDocument::parse(POLICY_VERSION, statements.clone()) else { return };
    assert_eq!(policy.statements(), statements);
    let verdict = policy.evaluate(ACTION_INVOKE, &method);
    assert_eq!(verdict, slow(&statements, &method));
    let reversed = statements.iter().rev().cloned().collect();
    let reversed = PolicyDocument::parse(POLICY_VERSION, reversed).expect("it has the same statements");
    assert_eq!(reversed.evaluate(ACTION_INVOKE, &method), verdict, "the order of statements counts");
});

fn statement(line: &str) -> Option<Statement> {
    let (effect, rest) = line.split_once(' ')?;
    let effect = match effect {
        "allow" => Effect::Allow,
        "deny" => Effect::Deny,
        _ => return None,
    };
    let (actions, resources) = rest.split_once(' ')?;
    let list = |texts: &str| texts.split(',').map(str::to_owned).collect();
    Some(Statement { effect, actions: list(actions), resources: list(resources) })
}

fn slow(statements: &[Statement], method: &MethodArn) -> Verdict {
    let names = |statement: &&Statement| {
        let action = |pattern: &String| matches(&pattern.to_ascii_lowercase(), &ACTION_INVOKE.to_ascii_lowercase());
        let resource = |pattern: &String| matches(pattern, method.as_str());
        statement.actions.iter().any(action) && statement.resources.iter().any(resource)
    };
    let effects: Vec<Effect> = statements.iter().filter(names).map(|statement| statement.effect).collect();
    match (effects.contains(&Effect::Deny), effects.contains(&Effect::Allow)) {
        (true, _) => Verdict::ExplicitDeny,
        (false, true) => Verdict::Allow,
        (false, false) => Verdict::ImplicitDeny,
    }
}

/// Wildcard match by a table: `row[t]` says whether the pattern up to here matches the first `t` bytes.
fn matches(pattern: &str, text: &str) -> bool {
    let text = text.as_bytes();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for byte in pattern.bytes() {
        let mut next = vec![false; text.len() + 1];
        next[0] = byte == b'*' && row[0];
        for t in 1..=text.len() {
            next[t] = match byte {
                b'*' => row[t] || next[t - 1],
                b'?' => row[t - 1],
                byte => row[t - 1] && byte == text[t - 1],
            };
        }
        row = next;
    }
    row[text.len()]
}
