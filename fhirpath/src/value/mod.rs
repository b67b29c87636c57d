//! The values of the System model: exact decimals, dates and times of partial precision, quantities.

mod calendar;
mod date;
mod decimal;
mod quantity;

pub use date::{Date, DateTime, Precision, Time};
pub use decimal::{Decimal, ParseValueError};
pub use quantity::{Quantity, QuantityUnit};

pub(crate) use calendar::days_in_month;
