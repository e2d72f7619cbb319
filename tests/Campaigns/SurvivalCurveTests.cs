using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

public sealed class SurvivalCurveTests
{
    [Fact]
    public void A_history_survives_up_to_the_schedule_that_fails()
    {
        var curve = new SurvivalCurve(6);
        curve.Add(-1);
        curve.Add(0);
        curve.Add(1);
        curve.Add(5);

        Assert.Equal([new(1, 0.75), new(2, 0.5), new(4, 0.5), new(6, 0.25)], curve.Points().AsEnumerable());
    }

    [Fact]
    public void The_last_schedule_is_a_point_once()
    {
        var curve = new SurvivalCurve(4);
        curve.Add(-1);

        Assert.Equal([1, 2, 4], curve.Points().Select(point => point.Schedules));
    }

    [Fact]
    public void Without_histories_there_is_no_curve()
    {
        Assert.True(new SurvivalCurve(4).Points().IsEmpty);
    }
}
