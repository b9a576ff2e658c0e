// Saves checkpoints under one path until it is killed or cannot. Every parameter in checkpoint n is n. Prints "ready" when it has warmed up (unless it is to stay cold), waits for a line
// on the input, goes on from the checkpoint that is there, and prints the number of each that is complete, or why it could not be saved.
using Firesteel;
using Firesteel.Io;
using Firesteel.Nn;

string path = args[0];
var model = new Sequential(new Linear(300, 500), new Linear(500, 100), new Linear(100, 1));
if (!args.Contains("cold"))
{
    var folder = Directory.CreateTempSubdirectory("firesteel");
    string other = Path.Combine(folder.FullName, "other");
    Checkpoint.Save(other, model, values: new() { ["n"] = 0 });
    Checkpoint.Resume(other, model);
    folder.Delete(recursive: true);
    Print("ready");
}
if (Console.In.ReadLine() is null) return 0;
var end = DateTime.UtcNow.AddMinutes(1); // if nobody is left to kill it
long n = File.Exists(path) ? Checkpoint.Resume(path, model).Get<long>("n") : 0;
try
{
    while (DateTime.UtcNow < end)
    {
        n++;
        using (Autograd.NoGrad())
            foreach (var parameter in model.Parameters()) parameter.FillInPlace(n);
        Checkpoint.Save(path, model, values: new() { ["n"] = n });
        Print($"{n}");
    }
}
catch (IOException e)
{
    Print(e.Message);
    return 3;
}
return 0;

static void Print(string line)
{
    Console.Out.WriteLine(line);
    Console.Out.Flush();
}
