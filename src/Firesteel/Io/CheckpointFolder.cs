using System.Globalization;
using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Io;

/// <summary>The checkpoints of one training: a file a save, of which the last and the best are kept.</summary>
/// <example><code>
/// var checkpoints = new CheckpointFolder("runs/7", keepLast: 3, keepBest: 1, mode: "max");
/// var values = checkpoints.Resume(model, optimizer, scheduler, loader); // null where there is nothing to go on from
/// checkpoints.Save(step, model, optimizer, scheduler, loader, metric: accuracy);
/// </code></example>
public sealed class CheckpointFolder
{
    private const string Start = "checkpoint-", End = ".safetensors", Note = "folder";

    private readonly int _keepLast, _keepBest;
    private readonly bool _max;

    /// <summary>The checkpoints in a folder, which is made if it does not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keepLast">How many of the last to keep, at least 1.</param>
    /// <param name="keepBest">How many of the best to keep besides.</param>
    /// <param name="mode"><c>"min"</c> if a lower metric is better, <c>"max"</c> if a higher one is.</param>
    /// <exception cref="ArgumentException">A number out of range, or an unknown mode.</exception>
    public CheckpointFolder(string path, int keepLast = 3, int keepBest = 1, string mode = "min")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keepBest);
        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown: it is \"min\" or \"max\".", nameof(mode));
        Path = Directory.CreateDirectory(path).FullName;
        (_keepLast, _keepBest, _max) = (keepLast, keepBest, mode == "max");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Told about every damaged file that is passed over; by default it is written to the error output.</summary>
    public Action<CheckpointFormatException> OnDamaged { get; init; } = static e => Console.Error.WriteLine($"{e.Message} It is passed over.");

    /// <summary>The last checkpoint that is whole, as a path for <see cref="Checkpoint.Resume"/>; null if there is none. Reads the file.</summary>
    public string? Latest => Sound(ByStep());

    /// <summary>The checkpoint with the best metric that is whole; null if there is none. Reads the file, and the headers of the others.</summary>
    public string? Best => Sound(ByMetric(Notes(report: true)));

    /// <summary>The checkpoints there are, the last one first; damaged ones too.</summary>
    public IReadOnlyList<string> Files => [.. ByStep()];

    /// <summary>Saves a checkpoint as <see cref="Checkpoint.Save"/> does, and removes those that are neither among the last nor among the best.</summary>
    /// <param name="step">The number of this checkpoint, such as that of the step or of the epoch. One of the same number is replaced.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="scheduler">The schedule of the learning rate.</param>
    /// <param name="loader">The data loader.</param>
    /// <param name="metric">What tells which one is best; without it (or with NaN) a checkpoint is never the best.</param>
    /// <param name="parts">See <see cref="Checkpoint.Save"/>.</param>
    /// <param name="values">See <see cref="Checkpoint.Save"/>.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">See <see cref="Checkpoint.Save"/>; or a negative number.</exception>
    /// <exception cref="IOException">The file cannot be written, or an old one not be removed.</exception>
    public string Save(long step, Module? model = null, Optimizer? optimizer = null, IStateful? scheduler = null, IStateful? loader = null, double? metric = null,
        Dictionary<string, IStateful>? parts = null, Dictionary<string, object>? values = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        string path = System.IO.Path.Combine(Path, $"{Start}{step.ToString("D8", CultureInfo.InvariantCulture)}{End}");
        var tree = Checkpoint.Tree(Checkpoint.Parts(model, optimizer, scheduler, loader, parts), values);
        tree[Note] = metric is { } value ? new Dictionary<string, object> { ["metric"] = value } : new Dictionary<string, object>();
        CheckpointFile.Save(path, tree);
        RemoveOthers(path);
        return path;
    }

    /// <summary>Goes on from the last checkpoint that is whole, as <see cref="Checkpoint.Resume"/> does; null, and nothing is changed, if there is none at all.</summary>
    /// <exception cref="CheckpointFormatException">There are checkpoints, and all of them are damaged.</exception>
    /// <exception cref="ArgumentException">What is given is not what was saved.</exception>
    public CheckpointValues? Resume(Module? model = null, Optimizer? optimizer = null, IStateful? scheduler = null, IStateful? loader = null,
        Dictionary<string, IStateful>? parts = null, bool strict = true)
    {
        CheckpointFormatException? last = null;
        foreach (string path in ByStep())
        {
            try
            {
                return Checkpoint.Resume(path, model, optimizer, scheduler, loader, parts, strict);
            }
            catch (CheckpointFormatException e)
            {
                OnDamaged(last = e);
            }
        }
        return last is null ? null : throw new CheckpointFormatException(Path, 0, "none of the checkpoints in this folder is whole", last);
    }

    private string? Sound(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            try
            {
                using var file = CheckpointFile.Open(path);
                file.Verify();
                return path;
            }
            catch (CheckpointFormatException e)
            {
                OnDamaged(e);
            }
        }
        return null;
    }

    /// <summary>Files with a number in their name, the highest first.</summary>
    private IEnumerable<string> ByStep() => Directory.EnumerateFiles(Path, $"{Start}*{End}")
        .Select(static path => (path, step: StepOf(path)))
        .Where(static file => file.step is not null)
        .OrderByDescending(static file => file.step)
        .Select(static file => file.path);

    private static long? StepOf(string path) =>
        long.TryParse(System.IO.Path.GetFileName(path).AsSpan()[Start.Length..^End.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;

    /// <summary>The checkpoints whose headers can be read, the last one first, and their metrics.</summary>
    private List<(string Path, double? Metric)> Notes(bool report)
    {
        var notes = new List<(string, double?)>();
        foreach (string path in ByStep())
        {
            try
            {
                using var file = CheckpointFile.Open(path);
                notes.Add((path, file.Read(static _ => true).GetValueOrDefault(Note) is Dictionary<string, object> note && note.GetValueOrDefault("metric") is double metric ? metric : null));
            }
            catch (CheckpointFormatException e)
            {
                if (report) OnDamaged(e);
            }
        }
        return notes;
    }

    /// <summary>Those that have a metric, the best first; of equals the later.</summary>
    private IEnumerable<string> ByMetric(List<(string Path, double? Metric)> notes)
    {
        var candidates = notes.Where(static n => n.Metric is { } metric && !double.IsNaN(metric));
        return (_max ? candidates.OrderByDescending(static n => n.Metric) : candidates.OrderBy(static n => n.Metric)).Select(static n => n.Path);
    }

    /// <summary>Files that cannot be read are not counted and not removed: who knows what they are.</summary>
    private void RemoveOthers(string saved)
    {
        var notes = Notes(report: false);
        var kept = notes.Take(_keepLast).Select(static n => n.Path).Concat(ByMetric(notes).Take(_keepBest)).Append(saved).ToHashSet();
        foreach (var (path, _) in notes)
            if (!kept.Contains(path)) File.Delete(path);
    }
}
