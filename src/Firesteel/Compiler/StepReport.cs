using System.Globalization;
using System.Net;
using System.Text;

namespace Firesteel;

/// <summary>What a captured function became, for people to read.</summary>
internal static class StepReport
{
    private static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    public static string Text(Compiled step, IReadOnlyList<Replay> replays)
    {
        var text = new StringBuilder();
        text.Append(s_plain, $"{replays.Count} captured, {step.Replays} replays, {step.EagerRuns} runs as C# code\n");
        if (step.EagerBecause is { } because) text.Append(s_plain, $"runs as C# code for good: {because}\n");
        if (step.LastRecapture is { } reason) text.Append(s_plain, $"last captured anew because: {reason}\n");
        foreach (var replay in replays)
        {
            text.Append('\n');
            foreach (string line in Head(replay)) text.Append(line).Append('\n');
            var rows = Rows(replay);
            int[] widths = [.. Enumerable.Range(0, Columns.Length).Select(c => Math.Max(Columns[c].Length, rows.Max(r => r[c].Length)))];
            AppendRow(Columns);
            foreach (string[] row in rows) AppendRow(row);

            void AppendRow(string[] cells)
            {
                for (int c = 0; c < cells.Length; c++)
                {
                    bool words = c is 1 or 2 or 8;
                    text.Append(c == 0 ? "" : "  ").Append(words ? (c == 8 ? cells[c] : cells[c].PadRight(widths[c])) : cells[c].PadLeft(widths[c]));
                }
                text.Append('\n');
            }
        }
        return text.ToString();
    }

    public static string Html(Compiled step, IReadOnlyList<Replay> replays)
    {
        var html = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>Captured step</title><style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right;border-bottom:1px solid #ddd}td:nth-child(2),td:nth-child(3),td:nth-child(9){text-align:left;font-family:monospace}tr.hot td{background:#fff0e0}</style>\n");
        html.Append(s_plain, $"<p>{replays.Count} captured, {step.Replays} replays, {step.EagerRuns} runs as C# code</p>\n");
        if (step.EagerBecause is { } because) html.Append(s_plain, $"<p>Runs as C# code for good: {WebUtility.HtmlEncode(because)}</p>\n");
        if (step.LastRecapture is { } reason) html.Append(s_plain, $"<p>Last captured anew because: {WebUtility.HtmlEncode(reason)}</p>\n");
        foreach (var replay in replays)
        {
            foreach (string line in Head(replay)) html.Append(s_plain, $"<p>{WebUtility.HtmlEncode(line)}</p>\n");
            html.Append("<table><tr>");
            foreach (string column in Columns) html.Append(s_plain, $"<th>{column}</th>");
            html.Append("</tr>\n");
            var rows = Rows(replay);
            double total = replay.Times.Sum();
            for (int i = 0; i < rows.Count; i++)
            {
                html.Append(i < replay.Times.Length && replay.Times[i] > total / 20 ? "<tr class=\"hot\">" : "<tr>");
                foreach (string cell in rows[i]) html.Append(s_plain, $"<td>{WebUtility.HtmlEncode(cell)}</td>");
                html.Append("</tr>\n");
            }
            html.Append("</table>\n");
        }
        return html.ToString();
    }

    private static readonly string[] Columns = ["#", "kernel", "output", "of", "KB", "kflop", "est us", "us", "where"];

    private static IEnumerable<string> Head(Replay replay)
    {
        var recording = replay.Recording;
        yield return $"arguments: {(recording.Inputs.Length == 0 ? "none" : string.Join("; ", recording.Inputs.Select(static input => input.Text())))}";
        int before = replay.RecordedCalls, after = replay.Items.OfType<RecordedCall>().Count();
        yield return $"kernels: {before} recorded, {after} run";
        long kept = recording.Slots.Where(static s => s.Kind == SlotKind.Kept).Sum(static s => s.ByteCount);
        long temporary = recording.Slots.Where(static s => s.Kind == SlotKind.Temporary).Sum(static s => s.ByteCount);
        yield return $"memory: arena {Size(replay.ArenaBytes)} for {Size(temporary)} of temporaries; {Size(kept)} kept (results, gradients)";
        double moved = replay.Items.OfType<RecordedCall>().Sum(static c => (double)KernelCost.Bytes(c)), flops = replay.Items.OfType<RecordedCall>().Sum(KernelCost.Flops);
        yield return string.Create(s_plain, $"a run: {moved / 1024:F0} KB moved, {flops / 1e6:F3} Mflop, {replay.Times.Sum():F1} us measured in kernels");
        string[] frozen = [.. recording.Guards.Select(static g => g.Describe()).OfType<string>().Where(static s => s.Length > 0).Distinct()];
        if (frozen.Length > 0) yield return $"C# values that were read (a change captures anew): {string.Join("; ", frozen.Take(40))}{(frozen.Length > 40 ? $"; {frozen.Length - 40} more" : "")}";
        int constants = replay.Items.OfType<RecordedCopy>().Count();
        if (constants > 0) yield return $"copies from C# arrays: {constants}";
        foreach (string note in replay.Notes) yield return note;
    }

    private static List<string[]> Rows(Replay replay)
    {
        var rows = new List<string[]>();
        for (int i = 0; i < replay.Items.Count; i++)
        {
            string time = i < replay.Times.Length && replay.Times[i] > 0 ? replay.Times[i].ToString("F2", s_plain) : "";
            rows.Add(replay.Items[i] switch
            {
                RecordedCall call =>
                [
                    $"{i}", (call.IsAgain ? "again: " : "") + KernelText.NameOf(call.Kernel), string.Join(", ", call.Outputs.Select(static o => $"{o.DType.Name()} {OperationError.Text(o.Shape)}").Take(3)) + (call.Outputs.Length > 3 ? ", ..." : ""),
                    call.Fused > 1 ? $"{call.Fused}" : "", (KernelCost.Bytes(call) / 1024.0).ToString("F1", s_plain), (KernelCost.Flops(call) / 1000).ToString("F1", s_plain),
                    Estimate(call).ToString("F2", s_plain), time, (call.Where.Length > 5 ? call.Where[5..^1] : "") + (call.Apart is { } why ? $" [{why}]" : ""), // " (in 0, Linear(784, 10))"
                ],
                RecordedAction action => [$"{i}", action.Name, "", "", "", "", "", time, "C#"],
                RecordedCopy copy => [$"{i}", "copy from C#", "", "", (copy.ByteCount / 1024.0).ToString("F1", s_plain), "", "", time, ""],
                _ => [$"{i}", "", "", "", "", "", "", time, ""],
            });
        }
        return rows;
    }

    /// <summary>What one thread of an ordinary processor needs at least: 20 GB/s, 60 Gflop/s in products, a tenth of that elsewhere, and 50 ns to begin.</summary>
    private static double Estimate(RecordedCall call) =>
        0.05 + Math.Max(KernelCost.Bytes(call) / 20e3, KernelCost.Flops(call) / (call.Kernel is MatMulKernel or ConvKernel or EpilogueKernel ? 60e3 : 6e3));

    private static string Size(long bytes) => bytes < 10 << 10 ? $"{bytes} B" : bytes < 10 << 20 ? $"{bytes >> 10} KB" : $"{bytes >> 20} MB";
}
