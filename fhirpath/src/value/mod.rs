//! The values of the System model: exact decimals, dates and times of partial precision, quantities.

mod calendar;
mod date;
mod date_time;
mod decimal;
mod quantity;
mod time;

pub use date::{Date, Precision};
pub use date_time::DateTime;
pub use decimal::{Decimal, ParseValueError};
pub use quantity::{Quantity, QuantityUnit};
pub use time::Time;

pub(crate) use calendar::days_in_month;
