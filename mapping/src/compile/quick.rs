//! The expressions that maps are full of, compiled to steps over slots: paths, constants, comparisons, conditions.
//!
//! They mean what FHIRPath means by them; whatever is not here is left to `carewire_fhirpath`, the whole expression with it.

use std::sync::Arc;

use carewire_fhirpath::Pattern;
use carewire_fhirpath::ast::{self, BinaryOperator, ExpressionKind};

use super::condense::condense;
use super::expression::{DEEPEST, Names, function_type, literal_type};
use super::rule::step_of;
use super::{Compiler, Type};
use crate::program::{Expr, Kind, Literal, Named, Operator, TextFunction};

impl Compiler<'_> {
    pub(super) fn quick(
        &self,
        names: &Names<'_>,
        tree: &ast::Expression,
        focus: Type,
    ) -> Option<(Expr, Type)> {
        #[cfg(test)]
        if self.options.without_quick {
            return None;
        }
        let (mut expr, ty) = self.quick_at(names, tree, focus, 0)?;
        condense(&mut expr);
        Some((expr, ty))
    }

    fn quick_at(
        &self,
        names: &Names<'_>,
        tree: &ast::Expression,
        focus: Type,
        depth: usize,
    ) -> Option<(Expr, Type)> {
        if depth > DEEPEST {
            return None;
        }
        let next = depth + 1;
        Some(match &tree.kind {
            ExpressionKind::Literal(constant) => (Expr::Literal(literal(constant)?), literal_type(constant)),
            ExpressionKind::This => (Expr::Focus, focus),
            ExpressionKind::External(name) => self.variable(names, name)?,
            ExpressionKind::Member { input: None, name } if names.is_variable(tree.span) => {
                self.variable(names, &name.name)?
            }
            ExpressionKind::Member { input: None, name } => {
                let (step, ty) = step_of(&self.models, focus, &name.name)?;
                // A name with a capital may be the type of the focus: `Patient.name`.
                if name.name.starts_with(|c: char| c.is_ascii_uppercase()) && !focus.is_v2() {
                    return None;
                }
                (Expr::Child(Box::new(Expr::Focus), step), ty)
            }
            ExpressionKind::Member {
                input: Some(input),
                name,
            } => {
                let (input, of) = self.quick_at(names, input, focus, next)?;
                let (step, ty) = step_of(&self.models, of, &name.name)?;
                (Expr::Child(Box::new(input), step), ty)
            }
            ExpressionKind::Indexer { input, index } => {
                let (input, of) = self.quick_at(names, input, focus, next)?;
                let ExpressionKind::Literal(ast::Literal::Integer(index)) = &index.kind else {
                    return None;
                };
                (Expr::Index(Box::new(input), u32::try_from(*index).ok()?), of)
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                let (left, a) = self.quick_at(names, left, focus, next)?;
                let (right, b) = self.quick_at(names, right, focus, next)?;
                return binary(*operator, left, a, right, b);
            }
            ExpressionKind::Function {
                input,
                name,
                arguments,
            } => {
                let (input, of) = match input {
                    Some(input) => self.quick_at(names, input, focus, next)?,
                    None => (Expr::Focus, focus),
                };
                return self.function(names, input, of, &name.name, arguments, focus, next);
            }
            _ => return None,
        })
    }

    fn variable(&self, names: &Names<'_>, name: &str) -> Option<(Expr, Type)> {
        Some(match names.used(name)? {
            Named::Slot(slot) => (Expr::Variable(slot), names.type_of(name)),
            Named::Constant(constant) => (Expr::Constant(constant), Type::Computed),
            Named::Special(special) => (Expr::Special(special), self.special_type(special)),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn function(
        &self,
        names: &Names<'_>,
        input: Expr,
        of: Type,
        name: &str,
        arguments: &[ast::Expression],
        focus: Type,
        depth: usize,
    ) -> Option<(Expr, Type)> {
        let input = Box::new(input);
        let on_item = |argument: &ast::Expression| self.quick_at(names, argument, of, depth);
        let on_focus = |argument: &ast::Expression| {
            self.quick_at(names, argument, focus, depth)
                .map(|(value, _)| value)
        };
        Some(match (name, arguments) {
            ("where", [criterion]) => (Expr::Where(input, Box::new(on_item(criterion)?.0)), of),
            ("select", [projection]) => {
                let (projection, ty) = on_item(projection)?;
                (Expr::Select(input, Box::new(projection)), ty)
            }
            ("first", []) => (Expr::First(input), of),
            ("last", []) => (Expr::Last(input), of),
            ("exists", []) => (Expr::Exists(input), Type::Computed),
            ("exists", [criterion]) => {
                let filtered = Expr::Where(input, Box::new(on_item(criterion)?.0));
                (Expr::Exists(Box::new(filtered)), Type::Computed)
            }
            ("empty", []) => (Expr::Empty(input), Type::Computed),
            ("not", []) => (Expr::Not(input), Type::Computed),
            ("count", []) => (Expr::Count(input), Type::Integer),
            ("combine", [other]) => {
                let (other, ty) = self.quick_at(names, other, focus, depth)?;
                (
                    Expr::Combine(input, Box::new(other)),
                    if ty.plain() == of.plain() {
                        of.plain()
                    } else {
                        Type::Unknown
                    },
                )
            }
            ("join", [separator]) if matches!(of.plain(), Type::Part | Type::Text) => {
                (Expr::Join(input, Box::new(on_focus(separator)?)), Type::Text)
            }
            ("iif", [condition, yes, rest @ ..]) if rest.len() < 2 && matches!(*input, Expr::Focus) => {
                let (yes, mut ty) = on_item(yes)?;
                let mut branches = vec![on_item(condition)?.0, yes];
                for no in rest {
                    let (no, other) = on_item(no)?;
                    ty = either(ty, &branches, other, &no);
                    branches.push(no);
                }
                (Expr::Iif(branches.into()), ty)
            }
            ("matches", [pattern]) if matches!(of.plain(), Type::Part | Type::Text) => {
                let ExpressionKind::Literal(ast::Literal::String(pattern)) = &pattern.kind else {
                    return None;
                };
                (Expr::Matches(input, self.pattern(pattern)?), Type::Computed)
            }
            ("uuid", _) if matches!(*input, Expr::Focus) => {
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (Expr::Uuid(arguments?), Type::Text)
            }
            (name, _) if matches!(*input, Expr::Focus) && self.host(name).is_some() => {
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (
                    Expr::Host {
                        function: self.host(name)?,
                        arguments: arguments?,
                    },
                    Type::Unknown,
                )
            }
            (name, arguments) => {
                let function = text_function(name, arguments.len())?;
                let arguments: Option<Box<[Expr]>> = arguments.iter().map(on_focus).collect();
                (
                    Expr::Text(function, input, arguments?),
                    function_type(name).unwrap_or(Type::Unknown),
                )
            }
        })
    }

    /// A regular expression, compiled once; none for one at fault.
    fn pattern(&self, text: &str) -> Option<Arc<Pattern>> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(known) = patterns.get(text) {
            return known.clone();
        }
        let pattern = Pattern::new(text).map(Arc::new);
        patterns.insert(text.to_owned(), pattern.clone());
        pattern
    }

    fn host(&self, name: &str) -> Option<u16> {
        let at = self
            .options
            .functions
            .iter()
            .position(|function| function.name == name)?;
        u16::try_from(at).ok()
    }
}

/// What is known of a value that is one of two; the empty collection is of any type.
fn either(ty: Type, branches: &[Expr], other: Type, no: &Expr) -> Type {
    let is_nothing = |expr: &Expr| matches!(expr, Expr::Literal(Literal::Empty));
    let text = |ty: Type| matches!(ty, Type::Part | Type::Text);
    match (ty.plain(), other.plain()) {
        _ if branches.get(1).is_some_and(is_nothing) => other,
        _ if is_nothing(no) => ty,
        (a, b) if a == b => a,
        (a, b) if text(a) && text(b) => Type::Text,
        _ => Type::Unknown,
    }
}

fn binary(operator: BinaryOperator, left: Expr, a: Type, right: Expr, b: Type) -> Option<(Expr, Type)> {
    // Equality of complex elements, dates and quantities has rules of its own.
    let is_text = |ty: Type| match ty.plain() {
        Type::Part | Type::Text => true,
        Type::Fhir(type_id) => {
            matches!(
                type_id.name(),
                "string" | "code" | "uri" | "id" | "url" | "canonical" | "oid" | "uuid" | "markdown"
            )
        }
        _ => false,
    };
    let texts = is_text(a) && is_text(b);
    let numbers = a == Type::Integer && b == Type::Integer;
    let operator = match operator {
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        BinaryOperator::Xor => Operator::Xor,
        BinaryOperator::Implies => Operator::Implies,
        BinaryOperator::Concatenate if is_text(a) && is_text(b) => {
            return Some((
                Expr::Binary(Operator::Concatenate, Box::new(left), Box::new(right)),
                Type::Text,
            ));
        }
        BinaryOperator::Equal if texts || numbers => Operator::Equal,
        BinaryOperator::NotEqual if texts || numbers => Operator::NotEqual,
        BinaryOperator::Less if numbers => Operator::Less,
        BinaryOperator::LessOrEqual if numbers => Operator::LessOrEqual,
        BinaryOperator::Greater if numbers => Operator::Greater,
        BinaryOperator::GreaterOrEqual if numbers => Operator::GreaterOrEqual,
        BinaryOperator::In if texts && is_constant(&right) => Operator::In,
        BinaryOperator::Union if is_constant(&left) && is_constant(&right) && a == b => {
            return Some((Expr::Combine(Box::new(left), Box::new(right)), a));
        }
        _ => return None,
    };
    Some((
        Expr::Binary(operator, Box::new(left), Box::new(right)),
        Type::Computed,
    ))
}

/// A constant or several of them.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) => true,
        Expr::Combine(left, right) => is_constant(left) && is_constant(right),
        _ => false,
    }
}

fn literal(constant: &ast::Literal) -> Option<Literal> {
    Some(match constant {
        ast::Literal::Empty => Literal::Empty,
        ast::Literal::Boolean(value) => Literal::Value(Kind::Boolean, value.to_string().into()),
        ast::Literal::String(value) => Literal::Value(Kind::String, value.as_str().into()),
        ast::Literal::Integer(value) => Literal::Value(Kind::Integer, value.to_string().into()),
        _ => return None,
    })
}

fn text_function(name: &str, arguments: usize) -> Option<TextFunction> {
    Some(match (name, arguments) {
        ("startsWith", 1) => TextFunction::StartsWith,
        ("endsWith", 1) => TextFunction::EndsWith,
        ("contains", 1) => TextFunction::Contains,
        ("upper", 0) => TextFunction::Upper,
        ("lower", 0) => TextFunction::Lower,
        ("trim", 0) => TextFunction::Trim,
        ("length", 0) => TextFunction::Length,
        ("substring", 1 | 2) => TextFunction::Substring,
        ("toString", 0) => TextFunction::ToString,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use carewire_hl7v2::Message;

    use crate::{Context, Maps, Options, shipped};

    const MESSAGE: &[u8] = b"MSH|^~\\&|APP|HOSP|||20240201103000+0100||ORU^R01^ORU_R01|17|T|2.5.1\r\
        PID|1||7^^^HOSP&1.2&ISO^MR~8^^^LAB||Doe^Ann~Roe^\"\"^A||19800229|F|||Road 1^^Town||555-0100||en|M\rPV1|1|I|W^1^2\r\
        ORC|RE|1^A|2^B\rOBR|1|1^A|2^B|c^Code^LN|||20240101\rOBX|1|NM|a^A^LN||+5.50|mg|<7|H|||F\rNTE|1||one\rOBX|2|ST|b^B^L||text~more||||||P\r\
        OBX|3|CWE|c||x^X^99L||||||\"\"\rSPM|1|s^1||BLD\r";

    fn run(files: &[(&str, &str)], without_quick: bool) -> (String, Vec<String>) {
        let options = Options {
            without_quick,
            ..Options::default()
        };
        let maps = Maps::compile(files, &options)
            .map_err(|all| all[0].to_string())
            .unwrap();
        let msg = Message::parse(MESSAGE).unwrap();
        let out = maps
            .run(&msg, &Context::at("2024-02-01T10:00:00Z".parse().unwrap()))
            .unwrap();
        let unread = out.unread.fields().map(|(path, count)| format!("{path} {count}"));
        let codes = out.findings.iter().map(|finding| finding.code().to_string());
        (out.bundle.to_json_pretty(), codes.chain(unread).collect())
    }

    #[test]
    fn the_standard_maps_give_the_same_without_the_quick_expressions() {
        assert_eq!(run(shipped::FILES, false), run(shipped::FILES, true));
    }

    #[test]
    fn each_quick_expression_means_what_fhirpath_means() {
        let expressions = [
            "%pid.f3.c1",
            "%pid.f3.where(c5 = 'MR').c1",
            "%pid.f3.where(c5 = 'XX').c1",
            "%pid.f3[1].c4",
            "%pid.f3.first().c4.s2",
            "%pid.f3.last().c1",
            "%pid.f3.count()",
            "%pid.f3.exists()",
            "%pid.f9.exists()",
            "%pid.f9.empty()",
            "%pid.f9.exists().not()",
            "f8 = 'F'",
            "f8 != 'F'",
            "f9 = 'F'",
            "f9 != 'F'",
            "f3.c1 = f3.c1",
            "f3.c1 = f5.c1",
            "f3.c1 = '7'",
            "f8 in ('F' | 'M')",
            "f9 in ('F' | 'M')",
            "f8 in ('X' | 'M')",
            "f5.c1 in ('Doe' | 'Roe')",
            "(f5.c1 in ('Doe')).not()",
            "(f8 = 'F') and (f9 = 'X')",
            "(f8 = 'M') and (f9 = 'X')",
            "(f8 = 'F') or (f9 = 'X')",
            "(f8 = 'M') or (f9 = 'X')",
            "(f9 = 'X') and (f8 = 'F')",
            "(f8 = 'F') xor (f8 = 'M')",
            "(f9 = 'X') implies (f8 = 'F')",
            "(f8 = 'M') implies (f9 = 'X')",
            "f8 & f9",
            "f8 & '-' & f7",
            "f5.c2",
            "f5.c1.upper()",
            "f5.first().c1.lower()",
            "f8.startsWith('F')",
            "f8.contains('')",
            "f7.length()",
            "f7.substring(4, 2)",
            "f7.substring(9)",
            "iif(f8 = 'F', 'yes', 'no')",
            "iif(f9 = 'F', 'yes', 'no')",
            "iif(f9.exists(), 'yes')",
            "f3.c1.combine(f5.c1)",
            "f3.select(c1)",
            "{}",
            "'a'",
            "3",
            "f3.count() > 1",
            "f3.count() <= 1",
            "uuid('a', f8, f9)",
            "uuid('a', f9)",
            "uuid('a')",
            "%msg.all.OBX.where(position > %pid.position).f3.c1",
            "%msg.all.OBX.where(position < %pid.position).f3.c1",
            "%msg.all.OBX.where(position >= %pid.position).last().f3.c1",
            "%msg.all.OBX.where(position > %pid.position and f2 = 'ST').last().f3.c1",
            "%msg.all.OBX.where(f2 = 'NM' and position > %pid.position).last().f3.c1",
            "%msg.all.OBX.where(position > %pid.position or f2 = 'NM').count()",
            "%msg.all.OBX.where(position > %pid.position and position < 8 or position > %pid.position and f2 = 'CWE').f3.c1",
            "%msg.all.OBX.where(f2 = 'ST' or position > %pid.position and position < 7).f3.c1",
            "%msg.all.OBX.where((position < 2 or position > 6) and f2 = 'ST').f3.c1",
            "%msg.all.PV1.combine(%msg.all.OBX).combine(%msg.all.SPM).where(position > 2 and position > %pid.position).position",
            "%msg.all.OBX.where(position > %pid.position).position.last()",
            "%msg.all.OBX.where(position > %pid.position).f3.c1.join('+')",
            "%msg.all.OBX.where(position > %pid.position).f5.select(whole).join('\\n')",
            "%msg.all.OBX.where(position > 900).f5.join(', ')",
            "%msg.all.OBX.where(position < %pid.position).position.last()",
            "%msg.MSH.f9.c1",
            "%msg.PATIENT_RESULT.PATIENT.PID.f8",
            "%msg.PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION.OBX.f3.c1",
            "%msg.PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION.count()",
            "%msg.PATIENT_RESULT.OBX.f3.c1",
            "f9.combine(f8).first()",
            "f8.combine(f9).first()",
            "f3.where(c1.exists()).combine(f5).first().c1",
            "f8.where($this = 'X')",
            "%msg.all.PID.where(position <= %pid.position).last().f8",
            "%msg.all.PID.where(position = %pid.position).first().f8",
            "%msg.all.NTE.where(position > %pid.position and %msg.all.OBX.where(position < %pid.position).empty()).f3",
            "%msg.MSH.f10",
            "%bundle",
            "%messageKey",
            "f3.exists(c1 = '8')",
            "f11.whole",
            "f3.c4.whole",
            "$this.f8",
            "f30.c1.s2",
            "f8.toString()",
            "f8.c1.s1",
            "f7.trim()",
            "f8.endsWith('F')",
            "f9.exists() or f40.exists()",
            "f9.exists() or f8.exists() or f10.exists()",
            "f9.empty() and f40.empty()",
            "f9.empty() and f8.empty()",
            "%pid.f3.exists() or f9.exists()",
            "f5.where(c2.exists() or c3.exists()).c1",
            "f5.where(c3.exists() or c2.exists()).c1",
            "f5.where(c2.empty() and c4.empty()).c1",
            "f5.where(c4.exists() or c40.exists() or c70.exists()).c1",
            "f3.where(c4.exists() or c5.exists()).c4.s2",
            "f3.c1 != '7'",
            "f5.c2 = 'Ann'",
            "f5.c2 in ('Ann')",
            "'F' = f8",
            "f5.where(c1 in ('Roe' | 'Poe')).c3",
            "(f8 = 'F').not()",
            "(f9 in ('F' | 'M')).not()",
            // What is not known on one side of `and` and `or`, turned round and in each other; the other side is looked at all the same.
            "((f9 = 'X') and (f8 = 'F')).not()",
            "((f9 = 'X') and (f8 = 'M')).not()",
            "((f9 = 'X') or (f8 = 'F')).not()",
            "((f9 = 'X') or (f8 = 'M')).not()",
            "(f9 = 'X') and (f15.c1 = 'en')",
            "(f9 = 'X') or (f16.c1 = 'M')",
            "f40.c1 != 'X' and (f11.c1 = 'Road 1' or f11.c3 = 'X')",
            "((f9 = 'X') and (f8 = 'F')) or (f8 = 'F')",
            "((f9 = 'X') or (f8 = 'M')) and (f8 = 'F')",
            "(((f9 = 'X') or (f8 = 'M')).not() or (f8 = 'F')) and ((f7 = 'X') and (f9 = 'X')).not()",
            "f9.exists() and f11.c1 = 'X'",
            "f8 = 'X' or f9.exists() or f40.exists()",
            "f8 = 'X' or f9.exists() or f7.exists() or f40.exists()",
            "f9 = 'X' or f9.exists() or f8.exists()",
            "f8 = 'F' and f9.empty() and f40.empty()",
            "f8 = 'F' and f9.empty() and f7.empty()",
            "%pid.f3.where(c5 = 'MR' or c4.exists() or c9.exists()).c1",
            "f9.empty() and f11.c1 = 'Road 1'",
            "f9.empty() or f11.c1 = 'Road 1'",
            "f11.c1.startsWith('Road') and f9.startsWith('X').not()",
            "f9.startsWith('X')",
            "f7.length() > 7 and f7.length() < 9",
            "f9.length() > 7",
            "f7.length() = 8",
            "f7.length() != 8",
            "f3.count() = 2 and f9.count() = 0 and f8.count() < 2",
            "f3.count() >= 2 or f3.count() <= 0",
            "f5.c2.count() = 1",
            "f8.where($this in ('F' | 'X')).exists()",
            "f8.where($this in ('M' | 'X')).empty()",
            "f9.where($this in ('M' | 'X')).empty()",
            "f8.where($this = 'F').exists()",
            "f3.c1.where($this = '8').empty()",
            "f3.c4.s2.exists() or f11.c3.s1.exists()",
            "f11.first().c3.s2.exists()",
            "f3.first().c4.s3 = 'ISO'",
            "f3.c1.first() = '7'",
            "%bundle = 'message' or %bundle = 'transaction'",
            "%msg.MSH.exists() and %msg.NTE.empty()",
            "%msg.PATIENT_RESULT.exists()",
            "f8.matches('^[A-Z]$')",
            "f8.matches('^[0-9]$')",
            "f9.matches('^[A-Z]$')",
            "f5.c1.matches('o')",
            "f5.first().c1.matches('o')",
            "f5.first().c1.matches('')",
            "f9.matches('x') or f8.matches('F')",
            "(f9.matches('x') and f11.c1.matches('[0-9]')).not()",
            "f3.where(c4.s3.matches('^IS')).c1",
            // Texts, ids and values with conditions in them.
            "'a' & iif(f8 = 'F', '^' & f8, '') & f9",
            "'a' & iif(f8 = 'M', '^' & f8) & f11.c1 & ''",
            "'' & f9",
            "'' & iif(f9.exists(), f9, '')",
            "iif(f9.exists() or f8.exists(), iif(f8 = 'M', 'm', 'f' & f8), 'x') & '-' & f3.first().c4.s2",
            "f5.c1 & 'x'",
            "'[' & f5.c2 & ']'",
            "iif(f9.exists(), uuid('a', f9), uuid('b', f8, iif(f8.exists(), {}, f7)))",
            "iif(f8.exists(), uuid('a', f3.first().c1, iif(f9 = 'X', 'y'), '', {}), 'no')",
            "uuid('a', f3.c1, f8 & f7)",
            "uuid('a', f9, iif(f8 = 'F', iif(f9.exists(), f9, f7), f8))",
            "uuid('a', %pid.position.toString(), %pid.position)",
            "uuid('a', '')",
            "uuid('a', {})",
            "'urn:uuid:' & uuid('a', f8)",
            "iif(f8.exists(), f11.c3, f8)",
            "iif(f8.exists(), f3.first().c4.s1, f8)",
            "iif(f8.exists(), f5, f8)",
            "iif(f9.exists(), f8)",
            "iif(f9.exists(), f8, {})",
            "iif(f8.exists(), true, false)",
            "iif(f8.exists(), iif(f9.exists(), 1, 2), 3)",
        ];
        let mut text = String::from(
            "/// url = 'urn:x'\n/// carewire = 'superset'\n/// carewire.entry = 'ORU^R01'\n\
             group g(source msg, target out) {\n  msg.all.PID as pid -> out.entry as e, e.resource = create('Basic') as b then {\n",
        );
        for (at, expression) in expressions.iter().enumerate() {
            text.push_str(&format!(
                "pid -> b.identifier as i, i.system = 'urn:{at}', i.period as p then {{\n"
            ));
            text.push_str(&format!("  pid -> ({expression}) as v then {{ v as one -> i.extension as x, x.url = 'urn:v', x.value = cast((%one.toString()), 'string'); }};\n"));
            text.push_str(&format!("  pid where ({expression}) -> i.use = 'usual';\n}};\n"));
        }
        text.push_str("  };\n}\n");
        let files = [("all.map", text.as_str())];
        let (quick, slow) = (run(&files, false), run(&files, true));
        same(&quick, &slow);
    }

    /// Compares line by line, so that a difference does not show both outputs whole.
    fn same(quick: &(String, Vec<String>), slow: &(String, Vec<String>)) {
        for (at, (a, b)) in quick.0.lines().zip(slow.0.lines()).enumerate() {
            let before = quick
                .0
                .lines()
                .take(at)
                .filter(|line| line.contains("urn:"))
                .last();
            assert_eq!(a, b, "line {at} after {before:?}");
        }
        assert_eq!(quick.1, slow.1);
    }
}
