//! Law as dated data: measures, how they stack, and the rate in force on a date.
