"""Property 9: only the distance to the assessment counts; its windows are in `edges`."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cds_service.ehr.shift import shift_dates
from cds_service.fhir.prefetch import gather
from cds_service.pipeline import advise
from tests.property.charts import FEW, Chart, advised, anyone, of_patient, outline, recorded
from tests.unit.record import AS_OF, PATIENT, prefetch, raw, words, writer


@FEW
@given(chart=anyone, weeks=st.integers(-150, 150))
def test_moving_everything_in_time_changes_nothing(chart: Chart, weeks: int) -> None:
    """Property 9: all dates and the assessment moved together give the same cards and states."""
    shifted = shift_dates(prefetch(*recorded(chart)) | of_patient(chart), 7 * weeks)
    assert isinstance(shifted, dict)
    as_of = AS_OF + timedelta(weeks=weeks)
    later = advise(gather(raw(shifted), PATIENT), words(), writer(), as_of)
    assert outline(later) == outline(advised(chart))
