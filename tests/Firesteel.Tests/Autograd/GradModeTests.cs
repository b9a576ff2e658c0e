namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary>What NoGrad and EnableGrad reach.</summary>
public class GradModeTests
{
    private static readonly Tensor s_x = Tensor.From([1.0], requiresGrad: true);

    private static bool Records => (s_x * 2).RequiresGrad;

    [Fact]
    public void ScopesNest()
    {
        Assert.True(Records && Autograd.IsGradEnabled);
        using (Autograd.NoGrad())
        {
            Assert.False(Records || Autograd.IsGradEnabled);
            using (Autograd.EnableGrad()) Assert.True(Records);
            using (Autograd.SetGradEnabled(false)) Assert.False(Records);
            Assert.False(Records);
        }
        Assert.True(Records);
    }

    [Fact]
    public void AnExceptionEndsTheScope()
    {
        try
        {
            using var scope = Autograd.NoGrad();
            throw new TimeoutException();
        }
        catch (TimeoutException)
        {
            Assert.True(Records);
        }
    }

    [Fact]
    public async Task TheModeFollowsAwait()
    {
        using (Autograd.NoGrad())
        {
            for (int i = 0; i < 20; i++)
            {
                await Task.Delay(1);
                await Task.Yield();
                Assert.False(Records);
            }
        }
        await Task.Delay(1);
        Assert.True(Records);
    }

    [Fact]
    public async Task WhatAnAwaitedMethodSetsStaysInIt()
    {
        await Inner();
        Assert.True(Records);

        static async Task Inner()
        {
            using var scope = Autograd.NoGrad();
            await Task.Delay(1);
            Assert.False(Records);
        }
    }

    [Fact]
    public async Task TasksThatRunAtTheSameTimeHaveTheirOwn()
    {
        var tasks = Enumerable.Range(0, 8).Select(static i => Task.Run(async () =>
        {
            using var scope = Autograd.SetGradEnabled(i % 2 == 0);
            for (int round = 0; round < 20; round++)
            {
                Assert.Equal(i % 2 == 0, Records);
                await Task.Yield();
            }
        }));
        await Task.WhenAll(tasks);
        Assert.True(Records);
    }

    [Fact]
    public void AnotherThreadIsNotReached()
    {
        using var ready = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        bool? records = null;
        var thread = new Thread(() =>
        {
            ready.Wait();
            records = Records;
            done.Set();
        });
        thread.Start(); // before the scope: nothing flows to it
        using (Autograd.NoGrad())
        {
            ready.Set();
            done.Wait();
        }
        thread.Join();
        Assert.True(records);
    }

    [Fact]
    public void BackwardUnderNoGradWorksAndBackwardDoesNotRecord()
    {
        var x = Tensor.From([3.0], requiresGrad: true);
        var y = x * x;
        using (Autograd.NoGrad()) y.Backward();
        Assert.Equal(6, x.Grad!.Item());
        Assert.False(x.Grad.RequiresGrad);
    }
}
