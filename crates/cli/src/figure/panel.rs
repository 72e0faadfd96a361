//! One panel of a picture: axes, bands, lines with their names at the end.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use tradewinds_units::{Date, days_between};

/// Colours of the picture.
pub(crate) const INK: RGBColor = RGBColor(31, 41, 55);
pub(crate) const FAINT: RGBColor = RGBColor(107, 114, 128);
const GRID: RGBColor = RGBColor(229, 231, 235);
const FONT: &str = "Helvetica, Arial, sans-serif";

/// Space around the plotting area \[pixels\].
const LEFT: i32 = 36;
const RIGHT: i32 = 160;
const TOP: i32 = 76;
const BOTTOM: i32 = 44;
/// Height of a line over the size of its letters.
const LINE_HEIGHT: f64 = 1.24;
/// Least distance between the names of two lines \[pixels\].
const APART: i32 = 36;

/// A line with bands around it, by day since 1970-01-01.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Name at its end, in up to two rows.
    pub(crate) name: [String; 2],
    pub(crate) colour: RGBColor,
    pub(crate) points: Vec<(f64, f64)>,
    /// Pairs of lower and upper values at the points, widest band first.
    pub(crate) bands: Vec<Vec<(f64, f64)>>,
}

/// A panel before it is drawn.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) days: (Date, Date),
    pub(crate) lines: Vec<Line>,
}

/// Why drawing failed.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Chart<'a> = DrawingArea<SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Days since 1970-01-01.
pub(crate) fn day(date: Date) -> f64 {
    days_between(Date::constant(1970, 1, 1), date) as f64
}

/// A text style, anchored at its side and baseline.
pub(crate) fn text<'a>(size: i32, colour: &'a RGBColor, side: HPos) -> TextStyle<'a> {
    // The library takes a size for the height of a line, a little more than the
    // size of the letters.
    let font = (FONT, LINE_HEIGHT * f64::from(size)).into_font();
    TextStyle::from(font)
        .color(colour)
        .pos(Pos::new(side, VPos::Bottom))
}

/// Puts words at a place in pixels.
pub(crate) fn write(
    area: &Area<'_>,
    words: &str,
    style: &TextStyle<'_>,
    place: (i32, i32),
) -> Result<(), Fault> {
    Ok(area.draw(&Text::new(words.to_owned(), place, style.clone()))?)
}

impl Panel {
    /// Draws the panel into a part of the picture: left and top, width and height.
    pub(crate) fn draw(
        &self,
        area: &Area<'_>,
        (left, top): (i32, i32),
        (width, height): (i32, i32),
    ) -> Result<(), Fault> {
        let bold = text(17, &INK, HPos::Left);
        let bold = TextStyle {
            font: bold.font.style(FontStyle::Bold),
            ..bold
        };
        write(area, &self.title, &bold, (left, top + 26))?;
        write(
            area,
            &self.unit,
            &text(13, &FAINT, HPos::Left),
            (left, top + 48),
        )?;
        let x = left + LEFT..left + width - RIGHT;
        let y = top + TOP..top + height - BOTTOM;
        let (low, high, step) = self.scale();
        let across = day(self.days.0)..day(self.days.1);
        let frame = Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
            across,
            low..high,
            (x.clone(), y.end..y.start),
        );
        let chart = area.apply_coord_spec(frame);
        self.draw_grid(area, &chart, (low, high, step), &x)?;
        self.draw_months(area, &chart, low)?;
        for line in &self.lines {
            draw_bands(&chart, line)?;
        }
        for line in &self.lines {
            let path = PathElement::new(line.points.clone(), line.colour.stroke_width(3));
            chart.draw(&path)?;
        }
        self.draw_names(area, &chart, x.end)
    }

    /// Ends of the value axis and the distance of its marks, with zero inside.
    fn scale(&self) -> (f64, f64, f64) {
        let values = self.lines.iter().flat_map(|line| {
            let bands = line
                .bands
                .iter()
                .flatten()
                .flat_map(|(low, high)| [*low, *high]);
            line.points.iter().map(|(_, value)| *value).chain(bands)
        });
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let range = (high - low).max(1e-9);
        let steps = [
            0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0,
        ];
        let step = steps
            .into_iter()
            .find(|step| range / step <= 7.0)
            .unwrap_or(range);
        (
            (low / step).floor() * step,
            (high / step).ceil() * step,
            step,
        )
    }

    fn draw_grid(
        &self,
        area: &Area<'_>,
        chart: &Chart<'_>,
        (low, high, step): (f64, f64, f64),
        x: &std::ops::Range<i32>,
    ) -> Result<(), Fault> {
        let digits = if step >= 1.0 {
            0
        } else if step >= 0.1 {
            1
        } else {
            2
        };
        let marks = ((high - low) / step).round() as usize;
        for mark in 0..=marks {
            let value = low + step * mark as f64;
            let is_zero = value.abs() < step / 2.0;
            let colour = if is_zero { FAINT } else { GRID };
            let (_, at) = chart.map_coordinate(&(day(self.days.0), value));
            area.draw(&PathElement::new(
                vec![(x.start, at), (x.end, at)],
                colour.stroke_width(1),
            ))?;
            let value = if is_zero { 0.0 } else { value };
            let words = format!("{value:.digits$}");
            write(
                area,
                &words,
                &text(13, &FAINT, HPos::Right),
                (x.start - 8, at + 5),
            )?;
        }
        Ok(())
    }

    /// Names of quarters below the axis, the year under each January.
    fn draw_months(&self, area: &Area<'_>, chart: &Chart<'_>, low: f64) -> Result<(), Fault> {
        let (first, last) = self.days;
        for year in first.year()..=last.year() {
            for (month, name) in [(1, "Jan"), (4, "Apr"), (7, "Jul"), (10, "Oct")] {
                let date = Date::constant(year, month, 1);
                if date < first || date > last {
                    continue;
                }
                let (x, y) = chart.map_coordinate(&(day(date), low));
                let tick = PathElement::new(vec![(x, y), (x, y + 5)], FAINT.stroke_width(1));
                area.draw(&tick)?;
                write(area, name, &text(13, &FAINT, HPos::Center), (x, y + 20))?;
                if month == 1 {
                    let words = year.to_string();
                    write(area, &words, &text(13, &INK, HPos::Center), (x, y + 36))?;
                }
            }
        }
        Ok(())
    }

    /// Names at the ends of the lines, moved apart where they would meet.
    fn draw_names(&self, area: &Area<'_>, chart: &Chart<'_>, x: i32) -> Result<(), Fault> {
        let mut ends: Vec<(i32, &Line)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let last = line.points.last()?;
                Some((chart.map_coordinate(last).1, line))
            })
            .collect();
        ends.sort_by_key(|(at, _)| *at);
        let wanted: Vec<i32> = ends.iter().map(|(at, _)| *at).collect();
        for (at, (_, line)) in spread(&wanted).into_iter().zip(&ends) {
            let style = text(13, &line.colour, HPos::Left);
            let strong = TextStyle {
                font: style.font.clone().style(FontStyle::Bold),
                ..style.clone()
            };
            let value = line.points.last().map_or(0.0, |(_, value)| *value);
            let name = format!("{} {value:.1}", line.name[0]);
            write(area, &name, &strong, (x + 10, at + 4))?;
            write(area, &line.name[1], &style, (x + 10, at + 19))?;
        }
        Ok(())
    }
}

fn draw_bands(chart: &Chart<'_>, line: &Line) -> Result<(), Fault> {
    for band in &line.bands {
        let days = line.points.iter().map(|(day, _)| *day);
        let upper = days.clone().zip(band.iter().map(|(_, high)| *high));
        let lower = days.zip(band.iter().map(|(low, _)| *low));
        let mut outline: Vec<(f64, f64)> = upper.collect();
        outline.extend(lower.rev());
        chart.draw(&Polygon::new(outline, line.colour.mix(0.16).filled()))?;
    }
    Ok(())
}

/// Places at least [`APART`] from each other, near the wanted ones, which are
/// sorted: neighbours that would meet share the shift.
fn spread(wanted: &[i32]) -> Vec<i32> {
    let mut groups: Vec<(i32, Vec<i32>)> = Vec::new();
    for place in wanted {
        groups.push((*place, vec![*place]));
        while let [.., before, last] = groups.as_slice() {
            let end = |group: &(i32, Vec<i32>)| group.0 + APART * group.1.len() as i32;
            if last.0 >= end(before) {
                break;
            }
            let mut members = before.1.clone();
            members.extend(&last.1);
            let count = members.len() as i32;
            let ideal = (0..).zip(&members).map(|(at, place)| place - APART * at);
            let start = ideal.sum::<i32>() / count;
            groups.truncate(groups.len() - 2);
            groups.push((start, members));
        }
    }
    groups
        .into_iter()
        .flat_map(|(start, members)| (0..members.len() as i32).map(move |at| start + APART * at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_meet_are_moved_apart_and_others_stay() {
        assert_eq!(spread(&[100, 300]), [100, 300]);
        assert_eq!(spread(&[100, 110]), [87, 123]);
        let placed = spread(&[100, 105, 110, 400]);
        assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= APART));
        assert_eq!(placed[3], 400);
    }
}
