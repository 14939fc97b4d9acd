//! Tokens whose signature is not their own.

use super::*;

/// The order n of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

pub(super) fn cases() -> Vec<Case> {
    let good = token();
    let text = good.rsplit_once('.').unwrap().0;
    let bytes = Base64::decode_to_vec(good.rsplit('.').next().unwrap(), None).unwrap();
    let (r, s) = bytes.split_at(32);
    let with = |signature: &[u8]| format!("{text}.{}", Base64::encode_to_string(signature).unwrap());
    let refused = |name: &str, signature: &[u8]| case(name, with(signature), Refused(TokenError::Signature));
    let der = Signature::from_slice(&bytes).unwrap().to_der();
    let negated = minus(&ORDER, s);
    let mut cases = vec![
        case(
            "s negated",
            with(&[r, &negated].concat()),
            Accepted(
                "ECDSA gives two signatures for each, RFC 7518 allows both, and PyJWT and jose make both. Nothing here is \
                 kept under the text of a token: what ends a token is the end of its session, by the claim sid",
            ),
        ),
        refused("r negated", &[&minus(&ORDER, r)[..], s].concat()),
        refused("r and s swapped", &[s, r].concat()),
        refused("DER", der.as_bytes()),
        refused("r alone", r),
        refused("a byte less in front", &bytes[1..]),
        refused("a byte less at the end", &bytes[..63]),
        refused("a zero in front", &[&[0][..], &bytes].concat()),
        refused("a zero at the end", &[&bytes[..], &[0]].concat()),
        refused("each half with a zero in front", &[&[0][..], r, &[0], s].concat()),
        refused("twice", &[&bytes[..], &bytes].concat()),
        refused("none", &[]),
        refused("one byte", &[1]),
        refused("as long as that of ES384", &[0; 96]),
        refused("as long as that of RS256", &[1; 256]),
        refused("1000 bytes", &[1; 1000]),
        refused("that of other claims", &signature(7, format!("{text}x").as_bytes()).to_bytes()),
        refused("over the claims alone", &signature(7, text.split('.').nth(1).unwrap().as_bytes()).to_bytes()),
        refused("over the header alone", &signature(7, text.split('.').next().unwrap().as_bytes()).to_bytes()),
        refused("over what is encoded", &signature(7, format!("{}.{}", header(), body()).as_bytes()).to_bytes()),
        refused("over all but the point", &signature(7, text.replace('.', "").as_bytes()).to_bytes()),
        refused("over the whole token", &signature(7, good.as_bytes()).to_bytes()),
        refused("by another key", &signature(9, text.as_bytes()).to_bytes()),
    ];
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    cases.push(case("in hexadecimal", format!("{text}.{hex}"), Refused(TokenError::Signature)));
    // CVE-2022-21449 is the first of these pairs.
    let (zero, one, max) = ([0; 32], plus_one(&[0; 32]), [0xff; 32]);
    let scalars: [(&str, [u8; 32]); 6] = [
        ("0", zero),
        ("1", one),
        ("n - 1", minus(&ORDER, &one)),
        ("n", ORDER),
        ("n + 1", plus_one(&ORDER)),
        ("2^256 - 1", max),
    ];
    for (name, first) in &scalars {
        cases.push(refused(&format!("r = {name}"), &[&first[..], s].concat()));
        cases.push(refused(&format!("s = {name}"), &[r, &first[..]].concat()));
        for (other, second) in &scalars {
            cases.push(refused(&format!("r = {name}, s = {other}"), &[*first, *second].concat()));
        }
    }
    cases
}

/// The difference of two numbers. The first one is the greater.
fn minus(from: &[u8; 32], what: &[u8]) -> [u8; 32] {
    let (mut difference, mut borrowed) = ([0; 32], 0);
    for at in (0..32).rev() {
        let digit = i32::from(from[at]) - i32::from(what[at]) - borrowed;
        borrowed = i32::from(digit < 0);
        difference[at] = u8::try_from(digit + 256 * borrowed).unwrap();
    }
    difference
}

fn plus_one(number: &[u8; 32]) -> [u8; 32] {
    let mut sum = *number;
    sum[31] += 1;
    sum
}
