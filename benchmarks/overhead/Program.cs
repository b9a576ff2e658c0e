// What one small operation costs beyond its arithmetic: nanoseconds of processor time (best of several rounds) and managed bytes.
using Firesteel;
using Firesteel.Nn;
using Firesteel.Optim;

Tensor a = Tensor.Ones(64), b = Tensor.Ones(64), m = Tensor.Ones(8, 8);
var w = Tensor.Ones([64], requiresGrad: true);
var linear = new Linear(8, 8);

Console.WriteLine("operation\tns\tbytes");
Measure("add, 64 elements", () => a + b);
Measure("add, 64 elements, with a node", () => a + w);
Measure("add into, 64 elements", () => a.AddInPlace(b));
Measure("multiply by a number, 64 elements", () => a * 2.0);
Measure("tanh, 64 elements", () => a.Tanh());
Measure("sum, 64 elements", () => a.Sum());
Measure("matrix product, 8x8", () => m.Mm(m));
Measure("transpose", () => m.Transpose(0, 1));
Measure("linear layer, 8x8, with a node", () => linear.Forward(m));

Parameter[] parameters = [.. Enumerable.Range(0, 20).Select(static _ => new Parameter(Tensor.Ones(64)))];
foreach (var p in parameters) p.Grad = Tensor.Ones(64);
Measure("SGD step, each of 20 parameters of 64 elements", Step(new SGD(parameters, lr: 1e-3)), 20);
Measure("Adam step, each of 20 parameters of 64 elements", Step(new Adam(parameters)), 20);

Func<Tensor> Step(Optimizer optimizer) => () =>
{
    optimizer.Step();
    return parameters[0];
};

static void Measure(string name, Func<Tensor> operation, int parts = 1)
{
    int count = 200_000 / parts;
    for (int i = 0; i < 3; i++)
    {
        for (int k = 0; k < 30_000 / parts; k++) operation();
        Thread.Sleep(150); // lets the JIT's second tier finish
    }
    double best = double.MaxValue;
    long bytes = 0;
    for (int round = 0; round < 9; round++)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var time = Environment.CpuUsage.TotalTime;
        for (int k = 0; k < count; k++) operation();
        best = Math.Min(best, (Environment.CpuUsage.TotalTime - time).TotalNanoseconds / count / parts);
        bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
    }
    Console.WriteLine($"{name}\t{best:F0}\t{bytes}");
}
