#:project ../src/Firesteel
#:project ../src/Firesteel.Plots
#:package Spectre.Console
#:package System.CommandLine

// Learns to read handwritten digits (or to tell clothes apart) and shows what it has learned.
// dotnet run samples/digits.cs
// dotnet run samples/digits.cs -- --epochs 20 --seed 1 --data fashion-mnist --data-dir DIR
// dotnet run samples/digits.cs -- --resume    (after Ctrl+C, or whatever else has interrupted it)

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Firesteel;
using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Plots;
using Spectre.Console;
using F = Firesteel.Nn.Functional;

Option<string> dataOption = new("--data") { Description = "What to learn: digits (in the repository) or fashion-mnist.", DefaultValueFactory = _ => "digits" };
Option<string?> dataDirOption = new("--data-dir") { Description = "The folder of the data: digits.csv.gz, or the four files of Fashion-MNIST." };
Option<bool> downloadOption = new("--download") { Description = "Fetch files of Fashion-MNIST that are missing in --data-dir." };
Option<int?> epochsOption = new("--epochs") { Description = "Passes over the training data. [default: 12, with fashion-mnist 5]" };
Option<int> batchSizeOption = new("--batch-size") { Description = "Images per step.", DefaultValueFactory = _ => 64 };
Option<double?> lrOption = new("--lr") { Description = "The learning rate that training starts with. [default: 0.003, with fashion-mnist 0.002]" };
Option<long> seedOption = new("--seed") { Description = "The seed of weights, dropout and order.", DefaultValueFactory = _ => 0 };
Option<string?> outOption = new("--out") { Description = "The folder for the loss curve, the model and checkpoints. [default: samples/out]" };
Option<string?> saveOption = new("--save") { Description = "The file for the trained model. [default: digits.safetensors or fashion-mnist.safetensors in --out]" };
Option<bool> resumeOption = new("--resume") { Description = "Go on with the run that was interrupted." };
dataOption.AcceptOnlyFromAmong("digits", "fashion-mnist");
epochsOption.CustomParser = result => Number<int>(result, "a whole number from 1", n => n >= 1);
batchSizeOption.CustomParser = result => Number<int>(result, "a whole number from 1", n => n >= 1);
lrOption.CustomParser = result => Number<double>(result, "a number above 0", n => n > 0 && double.IsFinite(n));
seedOption.CustomParser = result => Number<long>(result, "a whole number", _ => true);

var command = new RootCommand("Trains a classifier on images and shows what it has learned.")
{
    dataOption, dataDirOption, downloadOption, epochsOption, batchSizeOption, lrOption, seedOption, outOption, saveOption, resumeOption,
};
command.SetAction(Run);
if (!OnTerminal())
{
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
}
var parsed = command.Parse(args);
if (parsed.Errors.Count == 0) return parsed.Invoke();
return Fail(parsed.Errors[0].Message, 2); // one line instead of the whole help

int Run(ParseResult options)
{
    try
    {
        Learn(options);
        return 0;
    }
    catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointFormatException or ArgumentException or OperationCanceledException)
    {
        return Fail(e.Message, 1);
    }
}

void Learn(ParseResult options)
{
    bool fashion = options.GetValue(dataOption) == "fashion-mnist";
    int epochs = options.GetValue(epochsOption) ?? (fashion ? 5 : 12), batchSize = options.GetValue(batchSizeOption);
    double lr = options.GetValue(lrOption) ?? (fashion ? 0.002 : 0.003);
    string output = Directory.CreateDirectory(options.GetValue(outOption) ?? Path.Combine(SamplesFolder(), "out")).FullName;

    var (train, test, classes) = fashion
        ? FashionMnist(options.GetValue(dataDirOption), options.GetValue(downloadOption))
        : Digits(options.GetValue(dataDirOption));

    string name = fashion ? "fashion-mnist" : "digits";
    string modelFile = options.GetValue(saveOption) ?? Path.Combine(output, $"{name}.safetensors"), runFile = Path.Combine(output, $"{name}-run.safetensors");

    Rng.ManualSeed(options.GetValue(seedOption));
    var model = Net(fashion);
    Summarize(model, test[0][0].Unsqueeze(0));
    Console.WriteLine($"{train.Count:N0} images to learn from, {test.Count:N0} held out");

    var trainLoader = new DataLoader(train, batchSize, shuffle: true, numWorkers: fashion ? 2 : 0);
    var testLoader = new DataLoader(test, batchSize: 500);
    var optimizer = new AdamW(model.Parameters(), lr: lr);
    var schedule = new CosineAnnealingLR(optimizer, epochs);
    var (trainLosses, testLosses) = (new List<double>(), new List<double>());
    double accuracy = 0, sum = 0;
    int epoch = 1, step = 0, seen = 0;
    if (options.GetValue(resumeOption))
    {
        var values = Checkpoint.Resume(runFile, model, optimizer, schedule, trainLoader);
        if (values.Get<int>("epochs") != epochs) throw new InvalidDataException($"{runFile} is a run of {values["epochs"]} epochs: go on with --epochs {values["epochs"]}.");
        (epoch, step, seen, sum, accuracy) = (values.Get<int>("epoch"), values.Get<int>("step"), values.Get<int>("seen"), values.Get<double>("sum"), values.Get<double>("accuracy"));
        trainLosses.AddRange(values.Get<List<object>>("train").Cast<double>());
        testLosses.AddRange(values.Get<List<object>>("test").Cast<double>());
        Console.WriteLine($"going on after step {step:N0} of {epochs * trainLoader.Count:N0}");
    }
    void SaveRun() => Checkpoint.Save(runFile, model, optimizer, schedule, trainLoader, values: new()
    {
        ["epochs"] = epochs, ["epoch"] = epoch, ["step"] = step, ["seen"] = seen, ["sum"] = sum, ["accuracy"] = accuracy, ["train"] = trainLosses, ["test"] = testLosses,
    });
    bool interrupted = false;
    Console.CancelKeyPress += (_, e) => interrupted = e.Cancel = true;

    var watch = Stopwatch.StartNew();
    WithProgress(epochs * trainLoader.Count - step, (advance, epochDone) =>
    {
        while (epoch <= epochs)
        {
            model.Train();
            foreach (var (x, y) in trainLoader)
            {
                var loss = F.CrossEntropy(model.Forward(x), y);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
                sum += loss.Item() * x.Shape[0];
                seen += (int)x.Shape[0];
                step++;
                if (interrupted)
                {
                    SaveRun();
                    throw new OperationCanceledException($"interrupted after step {step:N0}; --resume goes on.");
                }
                advance($"epoch {epoch,2}/{epochs}  loss {sum / seen:F4}{(epoch > 1 ? $"  accuracy {accuracy:P2}" : "")}");
            }
            schedule.Step();
            trainLosses.Add(sum / train.Count);
            var (testLoss, right, _) = Evaluate(model, testLoader, classes.Count);
            testLosses.Add(testLoss);
            (accuracy, sum, seen) = (right, 0, 0);
            epochDone($"epoch {epoch,2}/{epochs}  loss {trainLosses[^1]:F4}  accuracy {accuracy:P2}");
            epoch++;
            SaveRun();
        }
    });
    Console.WriteLine($"accuracy on the {test.Count:N0} images that no step has seen: {accuracy:P2} after {watch.Elapsed.TotalSeconds:F1} s");

    var (_, _, confusion) = Evaluate(model, testLoader, classes.Count);
    ShowConfusion(confusion, classes);
    ShowImages(model, test, classes);

    Safetensors.Save(model.StateDict(), modelFile);
    var loaded = Net(fashion);
    loaded.LoadStateDict(Safetensors.Load(modelFile));
    Console.WriteLine($"model: {modelFile}, accuracy when it is loaded again: {Evaluate(loaded, testLoader, classes.Count).Accuracy:P2}");

    string file = Path.Combine(output, $"{name}-loss.svg");
    SaveCurve(file, trainLosses, testLosses, accuracy);
    Console.WriteLine($"loss curve: {file}");
}

static Sequential Net(bool fashion) => fashion
    ? new(new Flatten(), new Linear(784, 256), new ReLU(), new Linear(256, 10))
    : new(new Conv2d(1, 32, 3, padding: 1), new ReLU(), new Conv2d(32, 64, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Dropout(0.25),
        new Flatten(), new Linear(1024, 128), new ReLU(), new Dropout(0.5), new Linear(128, 10));

static (double Loss, double Accuracy, int[,] Confusion) Evaluate(Module model, DataLoader loader, int classes)
{
    var confusion = new int[classes, classes];
    double loss = 0;
    int count = 0, right = 0;
    model.Eval();
    using var _ = Autograd.NoGrad();
    foreach (var (x, y) in loader)
    {
        var scores = model.Forward(x);
        loss += F.CrossEntropy(scores, y, reduction: Reduction.Sum).Item();
        long[] predicted = scores.Argmax(1).ToArray<long>(), actual = y.ToArray<long>();
        for (int i = 0; i < actual.Length; i++)
        {
            confusion[actual[i], predicted[i]]++;
            if (actual[i] == predicted[i]) right++;
        }
        count += actual.Length;
    }
    return (loss / count, (double)right / count, confusion);
}

// ---- data ----

static (Dataset<Tensor[]> Train, Dataset<Tensor[]> Test, IReadOnlyList<string> Classes) Digits(string? folder)
{
    var digits = Datasets.Digits(Path.Combine(ExistingFolder(folder) ?? Path.Combine(SamplesFolder(), "data"), "digits.csv.gz"));
    // A fifth is held out. It is the same with every seed, so that runs can be compared.
    int heldOut = digits.Count / 5 + 1;
    var parts = Datasets.RandomSplit(digits, [digits.Count - heldOut, heldOut], new Generator().ManualSeed(2021));
    return (parts[0], parts[1], digits.Classes);
}

static (Dataset<Tensor[]> Train, Dataset<Tensor[]> Test, IReadOnlyList<string> Classes) FashionMnist(string? folder, bool download)
{
    const string debian = "/usr/share/datasets/fashion-mnist"; // Debian's package dataset-fashion-mnist
    if (folder is null && !Directory.Exists(debian)) (folder, download) = (Path.Combine(SamplesFolder(), "out", "fashion-mnist"), true);
    if (!download) ExistingFolder(folder);
    var progress = new DownloadLines();
    var train = Datasets.FashionMnist(folder ?? debian, train: true, download, progress: progress);
    return (train, Datasets.FashionMnist(folder ?? debian, train: false, download, progress: progress), train.Classes);
}

static string? ExistingFolder(string? folder) =>
    folder is null || Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{folder}: there is no such folder.");

static string SamplesFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

// ---- what is shown ----

static bool OnTerminal() => !Console.IsOutputRedirected;

static int Fail(string message, int code)
{
    Console.Error.WriteLine($"digits: {string.Join(' ', message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}");
    return code;
}

static T Number<T>(ArgumentResult result, string kind, Func<T, bool> accept)
    where T : struct, INumber<T>
{
    string text = result.Tokens[0].Value;
    if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && accept(value)) return value;
    result.AddError($"{((OptionResult)result.Parent!).Option.Name} has to be {kind}, not '{text}'.");
    return default;
}

// Layers, the shapes of their outputs and their parameters, found by sending one image through.
static void Summarize(Module model, Tensor input)
{
    var table = new Table().AddColumns("layer", "output", "parameters").RoundedBorder();
    table.Columns[2].RightAligned();
    var hooks = new List<HookHandle>();
    foreach (var (name, module) in model.NamedModules())
    {
        if (module.Children().Count > 0) continue;
        hooks.Add(module.RegisterForwardHook((_, _, y) =>
        {
            long count = module.Parameters().Sum(p => p.NumElements);
            table.AddRow($"{name}: {module.GetType().Name}", $"[[N, {string.Join(", ", y.Shape[1..])}]]", count == 0 ? "" : $"{count:N0}");
            return null;
        }));
    }
    using (Autograd.NoGrad()) model.Eval().Call(input);
    foreach (var hook in hooks) hook.Dispose();
    table.AddEmptyRow().AddRow("in all", "", $"{model.Parameters().Sum(p => p.NumElements):N0}");
    AnsiConsole.Write(table);
}

// A bar on a terminal, a line per epoch anywhere else.
static void WithProgress(int steps, Action<Action<string>, Action<string>> work)
{
    if (!OnTerminal())
    {
        work(_ => { }, Console.WriteLine);
        return;
    }
    AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .Start(context =>
        {
            var task = context.AddTask("epoch 1", maxValue: steps);
            work(text =>
            {
                task.Description = text;
                task.Increment(1);
            }, text => task.Description = text);
        });
}

static void ShowConfusion(int[,] confusion, IReadOnlyList<string> classes)
{
    var table = new Table().Title("rows: what it is, columns: what it was taken for").RoundedBorder().AddColumn("");
    bool names = classes.Any(name => name.Length > 1);
    for (int c = 0; c < classes.Count; c++) table.AddColumn(new TableColumn(names ? $"{c}" : classes[c]).RightAligned());
    for (int r = 0; r < classes.Count; r++)
    {
        int row = r;
        string[] cells = [.. Enumerable.Range(0, classes.Count).Select(c => confusion[row, c] switch
        {
            0 => "[grey]·[/]",
            var n when c == row => $"[green]{n}[/]",
            var n => $"[red]{n}[/]",
        })];
        table.AddRow([names ? $"{r} {classes[r]}".EscapeMarkup() : classes[r], .. cells]);
    }
    AnsiConsole.Write(table);
}

// A few images of the test with what the model takes them for, first the ones that it gets wrong.
static void ShowImages(Module model, Dataset<Tensor[]> test, IReadOnlyList<string> classes)
{
    using var _ = Autograd.NoGrad();
    var seen = test.Take(500).Select(sample => (Image: sample[0][0], Actual: (int)sample[1].Item(), Predicted: (int)model.Forward(sample[0].Unsqueeze(0)).Argmax(1).Item())).ToList();
    bool small = seen[0].Image.Shape[0] <= 10;
    int perRow = small ? 4 : 2;
    var shown = seen.Where(s => s.Actual != s.Predicted).Take(perRow).ToList();
    shown.AddRange(seen.Where(s => s.Actual == s.Predicted).Take(2 * perRow - shown.Count));
    foreach (var row in shown.Chunk(perRow))
    {
        var grid = new Grid();
        foreach (var image in row) grid.AddColumn(new GridColumn().NoWrap().PadRight(3));
        grid.AddRow([.. row.Select(s => new Markup(Draw(s.Image, small)))]);
        grid.AddRow([.. row.Select(s => new Markup(s.Actual == s.Predicted ? $"[green]{classes[s.Predicted].EscapeMarkup()}[/]" : $"[red]{classes[s.Predicted].EscapeMarkup()}[/] (it is {classes[s.Actual].EscapeMarkup()})"))]);
        AnsiConsole.Write(grid);
        AnsiConsole.WriteLine();
    }
}

// Small images get two columns a pixel, larger ones two pixels a character, one above the other. Without colours, letters of growing weight.
static string Draw(Tensor image, bool small)
{
    const string ramp = " .:-=+*#%@";
    int height = (int)image.Shape[0], width = (int)image.Shape[1];
    float[] pixels = image.ToArray<float>();
    bool colours = AnsiConsole.Profile.Capabilities.ColorSystem >= ColorSystem.EightBit;
    var lines = new List<string>();
    for (int y = 0; y < height; y += small ? 1 : 2)
    {
        var line = new System.Text.StringBuilder();
        for (int x = 0; x < width; x++)
        {
            float above = pixels[y * width + x], below = small || y + 1 == height ? above : pixels[(y + 1) * width + x];
            if (colours) line.Append(CultureInfo.InvariantCulture, $"[rgb({Grey(above)}) on rgb({Grey(below)})]{(small ? "  " : "▀")}[/]");
            else line.Append(ramp[(int)((above + below) / 2 * (ramp.Length - 1))], small ? 2 : 1);
        }
        lines.Add(line.ToString());
    }
    return string.Join('\n', lines);

    static string Grey(float value)
    {
        int level = (int)(Math.Clamp(value, 0, 1) * 255);
        return $"{level},{level},{level}";
    }
}

static void SaveCurve(string file, List<double> train, List<double> test, double accuracy)
{
    var epochs = Enumerable.Range(1, train.Count);
    var figure = new Figure();
    figure.Plot(epochs, train, label: "training");
    figure.Plot(epochs, test, label: "held out");
    figure.Title(string.Create(CultureInfo.InvariantCulture, $"Held-out accuracy {accuracy * 100:F2} %"));
    figure.XLabel("epoch");
    figure.YLabel("cross entropy");
    figure.Legend();
    figure.Save(file);
}

// One line when a file of a download begins and one when it is complete.
class DownloadLines : IProgress<DownloadProgress>
{
    public void Report(DownloadProgress value)
    {
        if (!Console.IsOutputRedirected) Console.Write($"\r{value.File}: {value.Received / 1e6:F1} MB{(value.Total is { } total ? $" of {total / 1e6:F1} MB" : "")}   ");
        if (value.Received == 0 && Console.IsOutputRedirected) Console.WriteLine($"downloading {value.File}");
        if (value.Received == value.Total && !Console.IsOutputRedirected) Console.WriteLine();
    }
}
