namespace Firesteel.Tests.Autograd;

/// <summary>Backward from several threads over shared leaves and shared graphs: the gradients are sums.</summary>
public class ConcurrentBackwardTests
{
    private const int Workers = 4;

    [Fact]
    public void OwnGraphsOverSharedLeaves()
    {
        for (int round = 0; round < 50; round++)
        {
            Tensor x = Tensor.From([1.0, 2], requiresGrad: true), w = Tensor.From([3.0, 5], requiresGrad: true);
            Run(worker =>
            {
                for (int i = 0; i < 5; i++) (x * w * (worker + 1)).Sum().Backward();
            });
            // (1 + 2 + 3 + 4) * 5
            Assert.Equal([150, 250], x.Grad!.ToArray<double>());
            Assert.Equal([50, 100], w.Grad!.ToArray<double>());
        }
    }

    [Fact]
    public void OneGraph()
    {
        for (int round = 0; round < 50; round++)
        {
            var x = Tensor.From([1.0, 2], requiresGrad: true);
            var shared = (x * x).Exp().Log(); // x^2
            Run(worker => (shared * (worker + 1)).Sum().Backward(retainGraph: true));
            Assert.Equal([20, 40], x.Grad!.ToArray<double>().Select(static g => Math.Round(g, 9)));
        }
    }

    /// <summary>Of many paths into one node some may arrive while another call is there and some after it has left: all are added before the node is visited.</summary>
    [Fact]
    public void ManyPathsIntoOneNode()
    {
        var x = Tensor.From([1.0], requiresGrad: true);
        var shared = x * x;
        var sum = shared * 0;
        for (int i = 0; i < 40; i++) sum = sum + shared;
        Run(_ =>
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal(80, Firesteel.Autograd.Grad(sum, x, retainGraph: true).Item());
                Assert.Equal(40, Firesteel.Autograd.Grad(sum, shared, retainGraph: true).Item());
            }
        });
    }

    [Fact]
    public void GradLeavesTheGradientsOfOtherThreadsAlone()
    {
        var x = Tensor.From([1.0, 2], requiresGrad: true);
        var shared = x * x;
        Run(worker =>
        {
            for (int i = 0; i < 50; i++)
            {
                var g = Firesteel.Autograd.Grad((shared * (worker + 1)).Sum(), x, retainGraph: true);
                Assert.Equal([2 * (worker + 1), 4 * (worker + 1)], g.ToArray<double>());
            }
        });
        Assert.Null(x.Grad);
    }

    /// <summary>Lets all workers start together, and throws what they threw.</summary>
    private static void Run(Action<int> work)
    {
        using var start = new Barrier(Workers);
        var errors = new Exception?[Workers];
        var threads = new Thread[Workers];
        for (int i = 0; i < Workers; i++)
        {
            int worker = i;
            threads[i] = new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    work(worker);
                }
                catch (Exception e)
                {
                    errors[worker] = e;
                }
            });
            threads[i].Start();
        }
        foreach (var thread in threads) thread.Join();
        Assert.All(errors, Assert.Null);
    }
}
