//! The grammar's rules, by precedence climbing.

use super::lexer::{Lexer, Symbol, Token, is_reserved};
use super::literal;
use crate::ast::{
    BinaryOperator, CalendarUnit, Expression, ExpressionKind, Identifier, Literal, POLARITY_PRECEDENCE, Span,
    TYPE_PRECEDENCE, TypeOperator, TypeSpecifier, Unit,
};
use crate::error::{Error, ErrorKind};
use crate::value::Decimal;

/// A tree with its height: operators and dots in a row make it high without any nesting.
type Measured = (Expression, u32);

pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    limit: u32,
    depth: u32,
}

enum Operator {
    Binary(BinaryOperator),
    Type(TypeOperator),
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, limit: u32) -> Self {
        Self {
            lexer: Lexer::new(text),
            limit,
            depth: 0,
        }
    }

    /// Reads an expression.
    pub(super) fn expression(&mut self) -> Result<Expression, Error> {
        self.climb(0).map(|(expression, _)| expression)
    }

    /// The offset after the last token taken.
    pub(super) fn consumed(&self) -> usize {
        self.lexer.consumed()
    }

    /// The fault of a token that should not be there; none at the end.
    pub(super) fn unexpected(&self) -> Option<Error> {
        match self.lexer.peek() {
            Token::End => None,
            _ => Some(self.expected("expected-end", "an operator or the end of the expression")),
        }
    }

    fn expected(&self, code: &'static str, what: &str) -> Error {
        match self.lexer.peek() {
            Token::Unknown(fault) => self.lexer.fault(fault),
            found => {
                let message = format!("expected {what}, found {found}");
                Error::new(ErrorKind::Syntax, code, self.lexer.span(), message)
            }
        }
    }

    fn too_deep(&self, span: Span) -> Error {
        let message = format!("the expression is more than {} levels deep", self.limit);
        Error::new(ErrorKind::Limit, "depth-limit", span, message)
    }

    fn grow(&self, height: u32, span: Span) -> Result<u32, Error> {
        if height >= self.limit {
            Err(self.too_deep(span))
        } else {
            Ok(height + 1)
        }
    }

    /// Reads operands and operators that bind at least as tightly as `minimum`.
    fn climb(&mut self, minimum: u8) -> Result<Measured, Error> {
        self.depth += 1;
        if self.depth > self.limit {
            return Err(self.too_deep(self.lexer.span()));
        }
        let mut left = self.unary()?;
        while let Some((operator, precedence)) = self.operator().filter(|(_, found)| *found >= minimum) {
            self.lexer.take();
            left = match operator {
                Operator::Binary(operator) => {
                    let right = self.climb(precedence + 1)?;
                    let span = left.0.span.to(right.0.span);
                    let height = self.grow(left.1.max(right.1), span)?;
                    let (left, right) = (Box::new(left.0), Box::new(right.0));
                    (
                        Expression {
                            kind: ExpressionKind::Binary {
                                operator,
                                left,
                                right,
                            },
                            span,
                        },
                        height,
                    )
                }
                Operator::Type(operator) => {
                    let specifier = self.type_specifier()?;
                    let span = left.0.span.to(specifier.span);
                    let height = self.grow(left.1, span)?;
                    let operand = Box::new(left.0);
                    (
                        Expression {
                            kind: ExpressionKind::Type {
                                operator,
                                operand,
                                specifier,
                            },
                            span,
                        },
                        height,
                    )
                }
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        use BinaryOperator as B;
        let operator = match self.lexer.peek() {
            Token::Symbol(symbol) => match symbol {
                Symbol::Star => B::Multiply,
                Symbol::Slash => B::Divide,
                Symbol::Plus => B::Add,
                Symbol::Minus => B::Subtract,
                Symbol::Ampersand => B::Concatenate,
                Symbol::Bar => B::Union,
                Symbol::Less => B::Less,
                Symbol::LessOrEqual => B::LessOrEqual,
                Symbol::Greater => B::Greater,
                Symbol::GreaterOrEqual => B::GreaterOrEqual,
                Symbol::Equal => B::Equal,
                Symbol::NotEqual => B::NotEqual,
                Symbol::Tilde => B::Equivalent,
                Symbol::NotEquivalent => B::NotEquivalent,
                _ => return None,
            },
            Token::Word(word) => match word {
                "is" => return Some((Operator::Type(TypeOperator::Is), TYPE_PRECEDENCE)),
                "as" => return Some((Operator::Type(TypeOperator::As), TYPE_PRECEDENCE)),
                "div" => B::Div,
                "mod" => B::Mod,
                "in" => B::In,
                "contains" => B::Contains,
                "and" => B::And,
                "or" => B::Or,
                "xor" => B::Xor,
                "implies" => B::Implies,
                _ => return None,
            },
            _ => return None,
        };
        Some((Operator::Binary(operator), operator.precedence()))
    }

    fn unary(&mut self) -> Result<Measured, Error> {
        let negative = match self.lexer.peek() {
            Token::Symbol(Symbol::Minus) => true,
            Token::Symbol(Symbol::Plus) => false,
            _ => return self.postfix(),
        };
        let sign = self.lexer.take();
        let (operand, height) = self.climb(POLARITY_PRECEDENCE)?;
        let span = sign.to(operand.span);
        let height = self.grow(height, span)?;
        let operand = Box::new(operand);
        Ok((
            Expression {
                kind: ExpressionKind::Polarity { negative, operand },
                span,
            },
            height,
        ))
    }

    /// Reads a term and the dots and brackets after it.
    fn postfix(&mut self) -> Result<Measured, Error> {
        let (mut left, mut height) = self.term()?;
        loop {
            if self.lexer.take_symbol(Symbol::Dot).is_some() {
                height = self.grow(height, left.span)?;
                let arguments;
                (left, arguments) = self.invocation(left)?;
                height = self.grow(height.max(arguments), left.span)?;
            } else if self.lexer.take_symbol(Symbol::OpenBracket).is_some() {
                let (index, index_height) = self.climb(0)?;
                let close = self.close(Symbol::CloseBracket)?;
                let span = left.span.to(close);
                height = self.grow(height.max(index_height), span)?;
                let (input, index) = (Box::new(left), Box::new(index));
                left = Expression {
                    kind: ExpressionKind::Indexer { input, index },
                    span,
                };
            } else {
                return Ok((left, height));
            }
        }
    }

    /// Reads what stands after a dot. The number is the height of the arguments.
    fn invocation(&mut self, input: Expression) -> Result<Measured, Error> {
        if let Token::Special(word) = self.lexer.peek() {
            // `x.$this` is `x`; the others are projections of it.
            let span = self.lexer.take();
            let kind = match word {
                "this" => return Ok((input, 0)),
                "index" => ExpressionKind::Index,
                _ => ExpressionKind::Total,
            };
            let name = Identifier {
                name: "select".to_owned(),
                span,
            };
            let whole = input.span.to(span);
            let arguments = vec![Expression { kind, span }];
            let kind = ExpressionKind::Function {
                input: Some(Box::new(input)),
                name,
                arguments,
            };
            return Ok((Expression { kind, span: whole }, 1));
        }
        let name = self.identifier(true, "expected-name", "an element or a function after `.`")?;
        self.named(Some(input), name)
    }

    /// Reads the arguments after a name, if there are any.
    fn named(&mut self, input: Option<Expression>, name: Identifier) -> Result<Measured, Error> {
        let mut span = input.as_ref().map_or(name.span, |input| input.span.to(name.span));
        let input = input.map(Box::new);
        if self.lexer.take_symbol(Symbol::OpenParenthesis).is_none() {
            return Ok((
                Expression {
                    kind: ExpressionKind::Member { input, name },
                    span,
                },
                0,
            ));
        }
        let mut arguments = Vec::new();
        let mut height = 0;
        if let Some(close) = self.lexer.take_symbol(Symbol::CloseParenthesis) {
            span = span.to(close);
        } else {
            loop {
                let (argument, argument_height) = self.climb(0)?;
                arguments.push(argument);
                height = height.max(argument_height);
                if self.lexer.take_symbol(Symbol::Comma).is_none() {
                    span = span.to(self.close(Symbol::CloseParenthesis)?);
                    break;
                }
            }
        }
        Ok((
            Expression {
                kind: ExpressionKind::Function {
                    input,
                    name,
                    arguments,
                },
                span,
            },
            height,
        ))
    }

    fn term(&mut self) -> Result<Measured, Error> {
        let kind = match self.lexer.peek() {
            Token::Symbol(Symbol::OpenParenthesis) => {
                let open = self.lexer.take();
                let (inner, height) = self.climb(0)?;
                let span = open.to(self.close(Symbol::CloseParenthesis)?);
                return Ok((Expression { span, ..inner }, height));
            }
            Token::Symbol(Symbol::OpenBrace) => {
                let open = self.lexer.take();
                let span = open.to(self.close(Symbol::CloseBrace)?);
                return Ok((
                    Expression {
                        kind: ExpressionKind::Literal(Literal::Empty),
                        span,
                    },
                    1,
                ));
            }
            Token::Number(text) => return self.number(text),
            Token::Word("true") => ExpressionKind::Literal(Literal::Boolean(true)),
            Token::Word("false") => ExpressionKind::Literal(Literal::Boolean(false)),
            Token::Word(_) | Token::Delimited(_) => {
                let name = self.identifier(false, "expected-operand", "an operand")?;
                let (expression, height) = self.named(None, name)?;
                return Ok((expression, height + 1));
            }
            Token::Text(text) => ExpressionKind::Literal(Literal::String(self.unquoted(text, '\'')?)),
            Token::Moment(moment) => ExpressionKind::Literal(moment.into()),
            Token::External(name) => ExpressionKind::External(match name.chars().next() {
                Some(quote @ ('`' | '\'' | '"')) => self.unquoted(name, quote)?,
                _ => name.to_owned(),
            }),
            Token::Special("this") => ExpressionKind::This,
            Token::Special("index") => ExpressionKind::Index,
            Token::Special(_) => ExpressionKind::Total,
            _ => return Err(self.expected("expected-operand", "an operand")),
        };
        let span = self.lexer.take();
        Ok((Expression { kind, span }, 1))
    }

    /// Reads a number, and the unit that makes it a quantity.
    fn number(&mut self, text: &str) -> Result<Measured, Error> {
        let mut span = self.lexer.take();
        let too_large = || {
            Error::new(
                ErrorKind::Syntax,
                "number-too-large",
                span,
                "the number does not fit",
            )
        };
        let unit = match self.lexer.peek() {
            Token::Text(unit) => Some(Unit::Ucum(self.unquoted(unit, '\'')?)),
            Token::Word(word) => CalendarUnit::named(word).map(|(unit, plural)| Unit::Calendar(unit, plural)),
            _ => None,
        };
        let literal = match unit {
            Some(unit) => Literal::Quantity(Decimal::read_plain(text).ok_or_else(too_large)?, unit),
            None if text.contains('.') => Literal::Decimal(Decimal::read_plain(text).ok_or_else(too_large)?),
            None => Literal::Integer(text.parse().map_err(|_| too_large())?),
        };
        if matches!(literal, Literal::Quantity(..)) {
            span = span.to(self.lexer.take());
        }
        Ok((
            Expression {
                kind: ExpressionKind::Literal(literal),
                span,
            },
            1,
        ))
    }

    fn type_specifier(&mut self) -> Result<TypeSpecifier, Error> {
        let first = self.identifier(true, "expected-type", "the name of a type")?;
        if self.lexer.take_symbol(Symbol::Dot).is_none() {
            return Ok(TypeSpecifier {
                namespace: None,
                name: first.name,
                span: first.span,
            });
        }
        let second = self.identifier(true, "expected-type", "the name of a type after `.`")?;
        let span = first.span.to(second.span);
        Ok(TypeSpecifier {
            namespace: Some(first.name),
            name: second.name,
            span,
        })
    }

    /// Reads a name. After a dot even a word that is an operator elsewhere is one.
    fn identifier(&mut self, any_word: bool, code: &'static str, what: &str) -> Result<Identifier, Error> {
        let name = match self.lexer.peek() {
            Token::Word(word) if any_word || !is_reserved(word) => word.to_owned(),
            Token::Delimited(name) => self.unquoted(name, '`')?,
            _ => return Err(self.expected(code, what)),
        };
        let span = self.lexer.take();
        Ok(Identifier { name, span })
    }

    /// What is written between quotes.
    fn unquoted(&self, text: &str, quote: char) -> Result<String, Error> {
        let (_, value) = literal::quoted(text, quote).map_err(|fault| self.lexer.fault(fault))?;
        Ok(value)
    }

    fn close(&mut self, symbol: Symbol) -> Result<Span, Error> {
        match self.lexer.take_symbol(symbol) {
            Some(span) => Ok(span),
            None => Err(self.expected("expected-close", &format!("`{}`", symbol.as_str()))),
        }
    }
}
