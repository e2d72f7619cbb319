using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class TextRendererTests
{
    [Fact]
    public void Dots_are_markers_with_intervals_and_the_numbers_beside_them() =>
        AssertText(
            """
            Broken promises of two designs
            Share of executions that fail (1e-6 to 1, log scale; 0 is left of the |)

            2.3.8
              no lost write   |                       o             0.012 [0.01, 0.014]
              no deadlock     |      --o--                           3e-5 [1e-5, 7e-5]

            patched
              no lost write  o|----                                     0 [0, 3.7e-6]
              no deadlock    o|----                                     0 [0, 3.7e-6]

            1,000,000 executions of each; whiskers are 95 % intervals.
            """,
            SampleCharts.Dots);

    [Fact]
    public void Bars_are_bars_and_a_zero_is_a_0() =>
        AssertText(
            """
            Executions per second
            Executions per second (0 to 600,000)

            explored
              one worker   ###############-                  276,000 [270,000, 281,000]
              two workers  #############################-    540,000 [500,000, 560,000]

            native
              one worker   #################                 310,000
              two workers  0                                       0
            """,
            SampleCharts.Bars);

    [Fact]
    public void Bars_of_one_series_have_a_line_per_category_and_grow_to_both_sides() =>
        AssertText(
            """
            Change against the baseline
            Change of throughput, % (-15 to 10)

            mmlist cursor              ---#################               -12 [-14, -9]
            per-mm generation                             #######----       5 [3, 8]
            counter
            big kernel lock                               0                 0
            everywhere
            mmap_sem for reading      (no value)
            SRCU, call_srcu free                          ###########     7.5
            two passes, then kill                         ##                1
            the stragglers that do
            not answer
            swapoff_by_inode-v4-                      #####                -3
            with-a-name-too-long-
            for-one-line
            """,
            SampleCharts.LyingBars);

    [Fact]
    public void Stacked_pieces_start_where_the_one_before_ends() =>
        AssertText(
            """
            Where the time goes
            Share of CPU time, % (0 to 100)

            2.3.8
              work     #############                                                 20
              waiting              #############################################     75
              I/O                                                              ####   5

            patched
              work     ##########################################                    70
              waiting                                           #######              10
              I/O                                                     #############  20
            """,
            SampleCharts.StackedBars);

    [Fact]
    public void Lines_are_a_table_with_a_row_per_series() =>
        AssertText(
            """
            Faults per second against CPUs
            Faults per second by CPUs:

                           1        2        4
            2.3.8    200,000  210,000  190,000
              low    190,000  190,000  150,000
              high   220,000  230,000  230,000
            patched  180,000  350,000  700,000
              low    170,000  330,000  600,000
              high   190,000  380,000  800,000

            No data: not measured.
            """,
            SampleCharts.Lines);

    [Fact]
    public void Steps_are_read_off_at_the_decades() =>
        AssertText(
            """
            How soon each design breaks
            Share of histories unbroken by Schedules run:
            (7 places of 201; the picture has them all)

                                        1    10   100  1,000  10,000  100,000   1e6
            2.3.8 (as released)         1     0     0      0       0        0     0
            2.3.9-pre1                  1     0     0      0       0        0     0
            lock mmlist, walk by mm     1   0.7     0      0       0        0     0
            hold swap_lock across the   1  0.95  0.25      0       0        0     0
            scan
            retry on count              1     1  0.85      0       0        0     0
            RCU walk                    1     1  0.95    0.5       0        0     0
            mmlist cursor               1     1     1    0.9       0        0     0
            per-mm generation counter   1     1     1      1     0.7        0     0
            big kernel lock everywhere  1     1     1      1    0.95     0.25     0
            mmap_sem for reading        1     1     1      1       1     0.85     0
            SRCU, call_srcu free        1     1     1      1       1     0.95  0.55
            two passes, then kill the   1     1     1      1       1        1   0.9
            stragglers that do not
            answer
            swapoff_by_inode-v4-with-   1     1     1      1       1        1     1
            a-name-too-long-for-one-
            line
            """,
            SampleCharts.Survival);

    [Fact]
    public void Scatter_is_a_table_with_a_row_per_point() =>
        AssertText(
            """
            Safety against speed
            x = Faults per second, y = Share of executions that fail:

                           x      y   low    high
            2.3.8    190,000  0.012  0.01   0.014
            patched  700,000      0     0  3.7e-6

            Down and to the right is better.
            """,
            SampleCharts.Scatter);

    [Fact]
    public void A_chart_without_points_says_so() =>
        AssertText(
            """
            Faults per second against CPUs
            no data
            """,
            SampleCharts.Empty);

    [Fact]
    public void No_line_is_longer_than_it_may_be_and_no_number_is_left_out()
    {
        foreach (Chart chart in SampleCharts.All)
        {
            for (int width = 60; width <= 120; width++)
            {
                string text = TextRenderer.Render(chart, width);
                Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, $"{chart.Id} at {width}: '{line}'"));
                if (chart.IsCategorical)
                    Assert.All(chart.Series.SelectMany(series => series.Points), point => Assert.Contains(Numbers.Value(point.Y), text));
            }
        }
    }

    [Fact]
    public void A_long_table_continues_below_itself()
    {
        string text = TextRenderer.Render(SampleCharts.ThirteenLines);
        Assert.Equal(3, text.Split('\n').Count(line => line.StartsWith("2.3.8 (as released)", StringComparison.Ordinal)));
        Assert.All(SampleCharts.ThirteenLines.Series[0].Points, point => Assert.Contains(Numbers.Value(point.X), text));
    }

    [Fact]
    public void The_widest_numbers_still_fit_in_the_narrowest_mail()
    {
        double low = -0.99999999999;
        Chart chart = SampleCharts.LyingBars with { Series = [new(new string('n', 80), [new(0, low, -9.87e-99, 9.87e-99)])] };
        Chart valid = chart with { Series = [chart.Series[0] with { Points = [new(0, -9.87e-99, low, 0.99999999999)] }] };
        Assert.All(TextRenderer.Render(valid, 60).Split('\n'), line => Assert.True(line.Length <= 60, line));
        Assert.Throws<ArgumentException>(() => TextRenderer.Render(chart, 60));
    }

    [Fact]
    public void A_mail_narrower_than_60_columns_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TextRenderer.Render(SampleCharts.Dots, 59));

    private static void AssertText(string expected, Chart chart) => Assert.Equal(expected + "\n", TextRenderer.Render(chart));
}
