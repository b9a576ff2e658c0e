using System.Globalization;
using System.Net;
using System.Text;

namespace Firesteel;

/// <summary>What a captured function became, for people to read.</summary>
internal static class StepReport
{
    private static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    private static readonly Column[] s_columns = [new("#", false), new("kernel", true), new("output", true), new("of", false), new("KB", false), new("kflop", false), new("est us", false), new("us", false), new("%", false), new("where", true)];

    private readonly record struct Column(string Name, bool IsText);

    /// <summary>The report as text.</summary>
    public static string Text(Compiled step, IReadOnlyList<Replay> replays)
    {
        var text = new StringBuilder();
        foreach (string line in Summary(step, replays.Count)) text.Append(line).Append('\n');
        foreach (var replay in replays)
        {
            text.Append('\n');
            foreach (string line in Head(replay)) text.Append(line).Append('\n');
            text.Append('\n');
            var rows = Rows(replay);
            int[] widths = [.. s_columns.Select((column, c) => Math.Max(column.Name.Length, rows.Max(r => r[c].Length)))];
            AppendRow([.. s_columns.Select(static c => c.Name)]);
            foreach (string[] row in rows) AppendRow(row);

            void AppendRow(string[] cells)
            {
                var line = new StringBuilder();
                for (int c = 0; c < cells.Length; c++) line.Append(c == 0 ? "" : "  ").Append(s_columns[c].IsText ? cells[c].PadRight(widths[c]) : cells[c].PadLeft(widths[c]));
                text.Append(line.ToString().TrimEnd()).Append('\n');
            }

            text.Append("\nby kind:\n");
            foreach (var (kind, count, time, share) in Kinds(replay)) text.Append(s_plain, $"  {kind,-24} {count,4} {time,12:F1} us {share,6:P0}\n");
            var frozen = Frozen(replay);
            if (frozen.Count > 0) text.Append("\nC# values that were read (a change captures anew):\n");
            foreach (string line in frozen) text.Append("  ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The same as a page.</summary>
    public static string Html(Compiled step, IReadOnlyList<Replay> replays)
    {
        var html = new StringBuilder("""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Captured step</title><style>
            body{font:14px/1.5 system-ui,sans-serif;margin:2em;color:#222}p{margin:0}table{border-collapse:collapse;margin:1em 0}
            td,th{padding:2px 10px;text-align:right;border-bottom:1px solid #ddd;vertical-align:top;white-space:nowrap}
            .t{text-align:left}td.t{font:12px/1.75 ui-monospace,monospace}table.k td:nth-child(3),table.k td:last-child{white-space:normal;min-width:22em}
            tr.hot td{background:#fff0e0}i{display:inline-block;height:9px;background:#e8833a}summary{cursor:pointer}
            </style>

            """);
        foreach (string line in Summary(step, replays.Count)) Paragraph(line);
        foreach (var replay in replays)
        {
            html.Append("<h2>").Append(WebUtility.HtmlEncode(Arguments(replay))).Append("</h2>\n");
            foreach (string line in Head(replay).Skip(1)) Paragraph(line);
            html.Append("<table><tr><th class=\"t\">kind</th><th>kernels</th><th>us</th><th>%</th><th class=\"t\"></th></tr>\n");
            foreach (var (kind, count, time, share) in Kinds(replay))
                html.Append(s_plain, $"<tr><td class=\"t\">{WebUtility.HtmlEncode(kind)}</td><td>{count}</td><td>{time:F1}</td><td>{share * 100:F0}</td><td class=\"t\"><i style=\"width:{share * 300:F0}px\"></i></td></tr>\n");
            html.Append("</table>\n<table class=\"k\"><tr>");
            foreach (var column in s_columns) html.Append(s_plain, $"<th{(column.IsText ? " class=\"t\"" : "")}>{column.Name}</th>");
            html.Append("</tr>\n");
            var rows = Rows(replay);
            double total = Total(replay);
            for (int i = 0; i < rows.Count; i++)
            {
                html.Append(TimeOf(replay, i) > total / 20 ? "<tr class=\"hot\">" : "<tr>");
                for (int c = 0; c < s_columns.Length; c++) html.Append(s_plain, $"<td{(s_columns[c].IsText ? " class=\"t\"" : "")}>{WebUtility.HtmlEncode(rows[i][c])}</td>");
                html.Append("</tr>\n");
            }
            html.Append("</table>\n");
            var frozen = Frozen(replay);
            if (frozen.Count == 0) continue;
            html.Append("<details><summary>C# values that were read (a change captures anew)</summary>\n");
            foreach (string line in frozen) Paragraph(line);
            html.Append("</details>\n");
        }
        return html.ToString();

        void Paragraph(string line) => html.Append("<p>").Append(WebUtility.HtmlEncode(line)).Append("</p>\n");
    }

    private static IEnumerable<string> Summary(Compiled step, int captured)
    {
        yield return string.Create(s_plain, $"{captured} captured, {step.Replays} replays, {step.EagerRuns} runs as C# code");
        if (step.EagerBecause is { } because) yield return $"runs as C# code for good: {because}";
        if (step.LastRecapture is { } reason) yield return $"last captured anew because: {reason}";
    }

    private static string Arguments(Replay replay) =>
        $"arguments: {(replay.Recording.Inputs.Length == 0 ? "none" : string.Join("; ", replay.Recording.Inputs.Select(static input => input.Text())))}";

    private static IEnumerable<string> Head(Replay replay)
    {
        yield return Arguments(replay);
        var recording = replay.Recording;
        int before = replay.RecordedCalls, after = replay.Items.OfType<RecordedCall>().Count();
        yield return $"kernels: {before} recorded, {after} run";
        long kept = recording.Slots.Where(static s => s.Kind == SlotKind.Kept).Sum(static s => s.ByteCount);
        long temporary = recording.Slots.Where(static s => s.Kind == SlotKind.Temporary).Sum(static s => s.ByteCount);
        yield return $"memory: arena {Size(replay.ArenaBytes)} for {Size(temporary)} of temporaries; {Size(kept)} kept (results, gradients)";
        double moved = replay.Items.OfType<RecordedCall>().Sum(static c => (double)KernelCost.Bytes(c)), flops = replay.Items.OfType<RecordedCall>().Sum(KernelCost.Flops);
        double estimated = replay.Items.OfType<RecordedCall>().Sum(Estimate), measured = replay.Times.Sum();
        yield return string.Create(s_plain, $"a run: {moved / 1024:F0} KB moved, {flops / 1e6:F3} Mflop, {estimated:F1} us estimated, {(measured > 0 ? $"{measured.ToString("F1", s_plain)} us measured" : "not measured yet")} in kernels");
        int constants = replay.Items.OfType<RecordedCopy>().Count();
        if (constants > 0) yield return $"copies from C# arrays: {constants}";
        foreach (string note in replay.Notes) yield return note;
    }

    /// <summary>The guards on C# values, those of one object in a line.</summary>
    private static List<string> Frozen(Replay replay) =>
        [.. replay.Recording.Guards.Select(static g => g.Describe()).OfType<string>().Where(static s => s.Length > 0).Distinct()];

    /// <summary>Kernels added up by what they are, the dearest first; of what was measured, or else estimated.</summary>
    private static List<(string Kind, int Count, double Time, double Share)> Kinds(Replay replay)
    {
        double total = Total(replay);
        return
        [
            .. Enumerable.Range(0, replay.Items.Count)
                .GroupBy(i => replay.Items[i] is RecordedCall call ? KernelText.KindOf(call.Kernel) : "C#")
                .Select(group => (Kind: group.Key, Count: group.Count(), Time: group.Sum(i => TimeOf(replay, i))))
                .OrderByDescending(static kind => kind.Time)
                .Select(kind => (kind.Kind, kind.Count, kind.Time, total > 0 ? kind.Time / total : 0)),
        ];
    }

    private static double Total(Replay replay) => Enumerable.Range(0, replay.Items.Count).Sum(i => TimeOf(replay, i));

    /// <summary>Microseconds of an item: measured, or estimated where nothing was measured yet.</summary>
    private static double TimeOf(Replay replay, int item) =>
        replay.Times.Any(static t => t > 0) ? replay.Times[item] : replay.Items[item] is RecordedCall call ? Estimate(call) : 0;

    private static List<string[]> Rows(Replay replay)
    {
        var rows = new List<string[]>();
        double total = Total(replay);
        for (int i = 0; i < replay.Items.Count; i++)
        {
            string time = replay.Runs > 0 ? replay.Times[i].ToString("F2", s_plain) : "";
            string share = total > 0 && TimeOf(replay, i) / total >= 0.005 ? (TimeOf(replay, i) / total * 100).ToString("F0", s_plain) : "";
            rows.Add(replay.Items[i] switch
            {
                RecordedCall call =>
                [
                    $"{i}", (call.IsAgain ? "again: " : "") + KernelText.NameOf(call.Kernel), string.Join(", ", call.Outputs.Select(static o => $"{o.DType.Name()} {OperationError.Text(o.Shape)}").Take(2)) + (call.Outputs.Length > 2 ? ", ..." : ""),
                    call.Fused > 1 ? $"{call.Fused}" : "", (KernelCost.Bytes(call) / 1024.0).ToString("F1", s_plain), (KernelCost.Flops(call) / 1000).ToString("F1", s_plain),
                    Estimate(call).ToString("F2", s_plain), time, share, (call.Where.Length > 5 ? call.Where[5..^1] : "") + (call.Apart is { } why ? $" [{why}]" : ""), // " (in 0, Linear(784, 10))"
                ],
                RecordedAction action => [$"{i}", action.Name, "", "", "", "", "", time, share, "C#"],
                RecordedCopy copy => [$"{i}", "copy from C#", "", "", (copy.ByteCount / 1024.0).ToString("F1", s_plain), "", "", time, share, ""],
                _ => [$"{i}", "", "", "", "", "", "", time, share, ""],
            });
        }
        return rows;
    }

    /// <summary>What one thread of an ordinary processor needs at least: 20 GB/s, 60 Gflop/s in products, a tenth of that elsewhere, and 50 ns to begin.</summary>
    private static double Estimate(RecordedCall call) =>
        0.05 + Math.Max(KernelCost.Bytes(call) / 20e3, KernelCost.Flops(call) / (call.Kernel is MatMulKernel or ConvKernel or EpilogueKernel ? 60e3 : 6e3));

    private static string Size(long bytes) => bytes < 10 << 10 ? $"{bytes} B" : bytes < 10 << 20 ? $"{bytes >> 10} KB" : $"{bytes >> 20} MB";
}
