using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>Runs that are recorded run their kernels late; nothing of that can be seen but that they need less memory.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class RecordedRunTests
{
    [Fact]
    public void ARecordedRunKeepsInMemoryOnlyWhatIsNeeded()
    {
        const int Layers = 40, Bytes = 4 << 20;
        Func<Tensor, Tensor> body = static x =>
        {
            var w = Tensor.Ones(1 << 10).RequiresGradInPlace();
            var y = x;
            for (int i = 0; i < Layers; i++) y = F.Softmax(y * w, -1) + y;
            return y.Sum().Detach();
        };
        var x = Tensor.Rand(1 << 10, 1 << 10);
        double expected = body(x).Item();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var step = Compiler.Compile(body);
        long before = Memory.Stats.LiveBytes;
        Memory.ResetPeakMemoryStats();
        Assert.Equal(expected, step.Run(x).Item());
        Assert.Equal(0, step.Replays);
        // The graph is gone when the kernels run, so what it saved is not kept; run at once it would take more than 2 tensors a layer.
        Assert.InRange(Memory.Stats.PeakBytes - before, 0, 8L * Bytes);
    }

    [Fact]
    public void AnErrorOfAKernelComesBeforeWhatFollows()
    {
        var table = new Embedding(10, 300);
        var optimizer = new Adam(table.Parameters());
        float[] before = table.Weight.ToArray<float>();
        var step = Compiler.Compile((Tensor index) =>
        {
            optimizer.ZeroGrad();
            var loss = table.Forward(index).Sum();
            loss.Backward();
            optimizer.Step();
            return loss;
        });
        Assert.Throws<IndexOutOfRangeException>(() => step.Run(Tensor.From([3L, 10L])));
        Assert.Equal(before, table.Weight.ToArray<float>());
        Assert.Empty(optimizer.State);
        // It goes on as if nothing had been.
        for (int i = 0; i < 5; i++) step.Run(Tensor.From([3L, 9L]));
        Assert.True(step.Replays >= 2, step.LastRecapture);
        Assert.All(optimizer.State.Values, static state => Assert.Equal(5, state.Step));
    }

    [Fact]
    public void WhatCameBeforeAnErrorHappened()
    {
        var state = Tensor.Zeros(5000);
        var step = Compiler.Compile((Tensor x) =>
        {
            state.AddInPlace(x);
            if (x.Shape[0] == 1) throw new InvalidDataException("no");
            return state * 2;
        });
        Assert.Throws<InvalidDataException>(() => step.Run(Tensor.Ones(1)));
        Assert.Equal(Enumerable.Repeat(1f, 5000), state.ToArray<float>());
        for (int i = 0; i < 4; i++) Assert.Equal(2f * (i + 2), step.Run(Tensor.Ones(5000)).ToArray<float>()[4999]);
        Assert.Equal(5f, state.ToArray<float>()[0]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void CSharpArraysAreReadWhenTheTensorIsMade(int length)
    {
        float[] numbers = new float[length];
        Func<Tensor, Tensor> body = x =>
        {
            Array.Fill(numbers, 3);
            var y = Tensor.From(numbers) * x;
            Array.Fill(numbers, 100);
            return y + 1;
        };
        Assert.Equal(body(Tensor.Ones(length)).ToArray<float>(), Compiler.Compile(body).Run(Tensor.Ones(length)).ToArray<float>());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void DrawsComeInOrder(int length)
    {
        var generator = new Generator();
        var states = new List<byte[]>();
        Func<Tensor[]> body = () =>
        {
            generator.ManualSeed(7);
            var a = Tensor.Randn([length], generator: generator);
            states.Add(generator.GetState());
            var b = Tensor.Rand([length], generator: generator);
            generator.ManualSeed(8);
            var c = Tensor.Randn([length], generator: generator);
            generator.SetState(states[^1]);
            return [a, b, c, Tensor.Rand([length], generator: generator)];
        };
        var expected = body();
        var actual = Compiler.Compile(body).Run();
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i].ToArray<float>(), actual[i].ToArray<float>());
        Assert.Equal(states[0], states[1]);
        Assert.Equal(expected[1].ToArray<float>(), actual[3].ToArray<float>());
    }

    [Fact]
    public void TwoOptimizerStepsInOneFunction()
    {
        float[] Train(bool captured)
        {
            Rng.ManualSeed(1);
            var layer = new Linear(70, 40);
            var optimizer = new Adam(layer.Parameters(), 0.01);
            Func<Tensor, Tensor> body = x =>
            {
                Tensor loss = null!;
                for (int i = 0; i < 2; i++)
                {
                    optimizer.ZeroGrad();
                    loss = layer.Forward(x).Pow(2).Mean();
                    loss.Backward();
                    optimizer.Step();
                }
                return loss.Detach();
            };
            var step = Compiler.Compile(body);
            var losses = new List<float>();
            for (int i = 0; i < 6; i++)
            {
                var x = Tensor.Randn(50, 70);
                losses.Add((captured ? step.Run(x) : body(x)).Item<float>());
            }
            Assert.True(!captured || step.Replays > 0, step.LastRecapture);
            return [.. losses, .. layer.Weight.ToArray<float>()];
        }
        Assert.Equal(Train(false), Train(true));
    }

    [Fact]
    public void TensorsOfAFunctionThatNobodyWroteCanBeWrittenLater()
    {
        Tensor? made = null;
        Compiler.Compile((Tensor x) =>
        {
            made = Tensor.Empty(5000);
            return x + 1;
        }).Run(Tensor.Ones(3));
        Assert.Equal(5000, made!.FillInPlace(2).ToArray<float>().Count(static v => v == 2));
    }
}
