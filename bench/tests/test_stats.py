"""python3 -m unittest discover -s bench"""

import re
import unittest

from driver import load, report, stats


def slices(*values, key="cpu"):
    return [{key: value} for value in values]


class SpreadTest(unittest.TestCase):
    def test_of_several(self):
        self.assertEqual(stats.spread(slices(3.0, 1.0, 2.0), "cpu"), (2.0, 1.0, 3.0))

    def test_of_an_even_number(self):
        self.assertEqual(stats.spread(slices(1.0, 2.0), "cpu").median, 1.5)

    def test_of_none(self):
        with self.assertRaisesRegex(ValueError, "no slice to take cpu of"):
            stats.spread([], "cpu")


class EarlierTest(unittest.TestCase):
    @staticmethod
    def run_of(commit, *groups, **more):
        return {"date": "2026-01-01", "machine": {"commit": commit}, "rounds": 1, "seconds": 2,
                "slices": {group: commit for group in groups}, **more}

    def test_what_was_measured_again_is_taken_from_the_new_run(self):
        results = self.run_of("new", "b")
        report.add_earlier(results, self.run_of("old", "a", "b", "c"))
        self.assertEqual(results["slices"], {"a": "old", "b": "new", "c": "old"})
        self.assertEqual(list(results["slices"]), ["a", "b", "c"])
        self.assertEqual([run["groups"] for run in results["earlier"]], [["a", "c"]])

    def test_where_each_is_from_is_known_over_several_runs(self):
        middle, newest = self.run_of("middle", "b"), self.run_of("newest", "a")
        report.add_earlier(middle, self.run_of("old", "a", "b", "c"))
        report.add_earlier(newest, middle)
        self.assertEqual([(run["commit"], run["groups"]) for run in newest["earlier"]],
                         [("old", ["c"]), ("middle", ["b"])])
        self.assertEqual(newest["slices"], {"a": "newest", "b": "middle", "c": "old"})


class RatioTest(unittest.TestCase):
    def test_is_taken_turn_by_turn(self):
        # The machine was twice as slow in the second turn; the ratio of the two does not show it.
        self.assertEqual(stats.ratio(slices(30.0, 60.0, 30.0), slices(10.0, 20.0, 10.0), "cpu"), (3.0, 3.0, 3.0))

    def test_a_turn_that_is_missing_is_left_out(self):
        self.assertEqual(stats.ratios(slices(4.0, 9.0), slices(2.0), "cpu"), [2.0])

    def test_against_nothing_is_none(self):
        self.assertIsNone(stats.ratio(slices(4.0), slices(0.0), "cpu"))

    def test_what_is_added(self):
        mirror, proxy, straight = slices(90.0, 95.0), slices(60.0, 75.0), slices(30.0, 35.0)
        self.assertEqual(stats.added(mirror, proxy, straight, "cpu"), (1.75, 1.5, 2.0))

    def test_a_turn_in_which_nothing_was_added_is_left_out(self):
        self.assertEqual(stats.added(slices(90.0, 90.0), slices(60.0, 30.0), slices(30.0, 30.0), "cpu").median, 2.0)


class SettledTest(unittest.TestCase):
    @staticmethod
    def turn(cpu, compilers):
        return {"cpu": cpu, "compilers": compilers}

    def test_one_slice_says_nothing(self):
        self.assertFalse(stats.settled([self.turn(30, 0)]))

    def test_quiet_compilers_and_costs_that_agree(self):
        self.assertTrue(stats.settled([self.turn(90, 0.9), self.turn(30, 0.049), self.turn(33, 0.0)]))

    def test_costs_that_do_not_agree(self):
        self.assertFalse(stats.settled([self.turn(30, 0), self.turn(33.1, 0)]))

    def test_compilers_at_work(self):
        self.assertFalse(stats.settled([self.turn(30, 0), self.turn(30, 0.05)]))
        self.assertFalse(stats.settled([self.turn(30, 0.05), self.turn(30, 0)]))


class GrowthTest(unittest.TestCase):
    def test_the_first_half_does_not_count(self):
        seen = stats.growth([(0, 10.0), (1, 300.0), (2, 200.0), (3, 200.0)])
        self.assertEqual((seen["half"], seen["end"], seen["peak"], seen["growth"]), (200, 200, 300, 0))

    def test_a_leak_is_seen(self):
        self.assertAlmostEqual(stats.growth([(t, 100.0 + t) for t in range(101)])["growth"], 50 / 150)

    def test_too_few_samples(self):
        with self.assertRaisesRegex(ValueError, "1 samples"):
            stats.growth([(0, 1.0)])


class VerdictTest(unittest.TestCase):
    def test_at_most(self):
        self.assertEqual([stats.verdict(v, 3, 2, False) for v in (2, 2.1, 3, 3.1)], ["goal", "bar", "bar", "missed"])

    def test_at_least(self):
        self.assertEqual([stats.verdict(v, 2, 3, True) for v in (3, 2.9, 2, 1.9)], ["goal", "bar", "bar", "missed"])


class MeasuredTest(unittest.TestCase):
    BEFORE = {"clock": 0.0, "busy": 10.0, "proxy": 1.0, "known": 1.0, "load": 1.0, "compilers": 0.25}
    AFTER = {"clock": 2.0, "busy": 13.0, "proxy": 2.0, "known": 1.5, "load": 1.9, "compilers": 0.35}
    SEEN = {"requests": 40_000, "micros": 2_000_000, "p50": 1, "p99": 2, "p999": 3, "errors": 0}

    def test_costs_of_a_request_and_what_others_used(self):
        measured = load.measured(self.SEEN, self.BEFORE, self.AFTER, cores=2)
        self.assertEqual(measured["rps"], 20_000)
        self.assertAlmostEqual(measured["cpu"], 25)
        self.assertAlmostEqual(measured["foreign"], 0.6 / 4)
        self.assertAlmostEqual(measured["compilers"], 0.05)

    def test_no_request_at_all(self):
        measured = load.measured({**self.SEEN, "requests": 0}, self.BEFORE, self.AFTER, cores=2)
        self.assertEqual((measured["rps"], measured["cpu"]), (0, 0))

    def test_ticks_of_the_kernel_can_come_out_below_zero(self):
        self.assertEqual(load.measured(self.SEEN, self.BEFORE, {**self.AFTER, "busy": 12.0}, cores=2)["foreign"], 0)


class GoalsTest(unittest.TestCase):
    @staticmethod
    def turns(**figures):
        return [{"rps": 1, "p50": 1, "p99": 1, "p999": 1, "cpu": 1, "rss": 1, "foreign": 0, "errors": 0, **figures}] * 3

    def test_the_oldest_jdk_is_judged(self):
        results = {"small, 32": {
            "nginx forward": self.turns(cpu=10.0),
            "nginx mirror": self.turns(rps=100.0),
            "sentinel forward, JDK 17": self.turns(cpu=13.0),
            "sentinel mirror, digits, JDK 17": self.turns(cpu=20.0, rps=140.0, rss=200.0),
            "sentinel forward, JDK 25": self.turns(cpu=99.0),
        }}
        found = {goal["what"]: (goal["measured"], goal["result"]) for goal in report.goals(results)}
        self.assertEqual(found["forward only, CPU against nginx forward"], (1.3, "bar"))
        self.assertEqual(found["mirror + compare, CPU against nginx forward"], (2.0, "goal"))
        self.assertEqual(found["mirror + compare, throughput against nginx mirror"], (1.4, "missed"))
        self.assertEqual(found["RSS at 32 connections"], (200.0, "bar"))

    def test_what_was_not_measured_is_not_judged(self):
        self.assertEqual(report.goals({}), [])


class TableTest(unittest.TestCase):
    def test_columns_line_up(self):
        self.assertEqual(report.plain(["a", "b", "n"], [["xx", "y", 1]]), "a   b  n\nxx  y  1")

    def test_a_spread(self):
        self.assertEqual(report.spread_cell(stats.Spread(1.914, 1.7, 2.449)), "1.91 (1.70..2.45)")
        self.assertEqual(report.spread_cell(stats.Spread(24.04, 19.0, 31.26), 1), "24.0 (19.0..31.3)")
        self.assertEqual(report.spread_cell(None), "")

    def test_one_wild_turn_does_not_take_the_digits_of_a_ratio(self):
        goal = {"what": "w", "bar": 1.5, "goal": 1.05, "unit": "", "least": False, "measured": 1.38, "low": 0.85,
                "high": 12.95, "result": "bar"}
        self.assertEqual(report.goal_cells(goal)[3], "1.38 (0.85..12.95)")


class ChartTest(unittest.TestCase):
    @staticmethod
    def widths(*bars):
        svg = report.panel("t", {str(i): stats.Spread(*bar) for i, bar in enumerate(bars)}, lambda name: True, 0, 0)
        return [float(width) for width in re.findall(r'<rect [^>]*width="([0-9.]+)"', "".join(svg))]

    def test_one_wild_turn_does_not_flatten_the_bars(self):
        self.assertEqual(self.widths((10, 9, 11), (20, 18, 4000)), [112.5, 225.0])

    def test_nothing_is_drawn_past_the_edge(self):
        svg = "".join(report.panel("t", {"a": stats.Spread(20, 18, 4000)}, lambda name: True, 0, 0))
        self.assertLess(max(float(x) for x in re.findall(r'x2="([0-9.]+)"', svg)), report.WIDTH)


if __name__ == "__main__":
    unittest.main()
