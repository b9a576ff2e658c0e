// Prints the peak resident memory, in MB, of a loop that never disposes of anything.
using Firesteel;
using Firesteel.Nn;
using Firesteel.Optim;

Rng.ManualSeed(0);
switch (args is [var name] ? name : "")
{
    case "train": // 100,000 training steps of a small net
        var model = new Sequential(new Linear(4, 16), new Tanh(), new Linear(16, 2));
        var optimizer = new SGD(model.Parameters(), lr: 0.01, momentum: 0.9);
        var loss = new MSELoss();
        Tensor x = Tensor.Randn(8, 4), y = Tensor.Randn(8, 2);
        for (int step = 0; step < 100_000; step++)
        {
            optimizer.ZeroGrad();
            loss.Forward(model.Forward(x), y).Backward();
            optimizer.Step();
        }
        break;
    case "temporaries": // 300 steps of 200 temporaries of 4 MB each
        for (int step = 0; step < 300; step++)
        {
            // Every page is written, so that it is resident; writing every byte would only measure the memory bus.
            for (int i = 0; i < 200; i++) Tensor.Empty(1024, 1024).Select(1, 0).FillInPlace(i);
        }
        break;
    default:
        Console.Error.WriteLine("usage: train | temporaries");
        return 2;
}
string peak = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM", StringComparison.Ordinal));
Console.WriteLine(long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024);
return 0;
