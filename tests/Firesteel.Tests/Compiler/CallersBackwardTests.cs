using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>A captured forward through whose results the caller runs backward: gradients, losses and errors are those of eager code, bit for bit.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class CallersBackwardTests
{
    private const int Steps = 12;

    /// <summary>Numbers that a program gives with a function run as it is, and with its captured form.</summary>
    private static Compiled<TResult> Same<TResult>(Func<Func<Func<Tensor[], TResult>, Func<Tensor[], TResult>>, double[]> program, long replays = Steps - 4)
    {
        Compiled<TResult>? captured = null;
        double[] expected = program(static f => f);
        double[] actual = program(f =>
        {
            captured = Compiler.Compile(f);
            return x => captured.Run(x);
        });
        Assert.Equal(expected, actual);
        Assert.True(captured!.Replays >= replays, $"{captured.Replays} replays: {captured.EagerBecause ?? captured.PlainWithHistoryBecause ?? captured.LastRecapture}");
        return captured;
    }

    private static IEnumerable<double> Numbers(IEnumerable<Tensor> tensors) => tensors.SelectMany(static t => t.ToArray<double>());

    public static TheoryData<string> Models => ["mlp", "cnn", "norm dropout", "lstm", "attention", "embedding"];

    private static Module Model(string name) => name switch
    {
        "cnn" => new Sequential(new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(64, 5)),
        "norm dropout" => new Sequential(new Linear(8, 30), new LayerNorm(30), new GELU(), new Dropout(0.3), new Linear(30, 5)),
        "lstm" => new Recurrent(),
        "attention" => new Attending(),
        "embedding" => new Tied(),
        _ => new Sequential(new Linear(8, 30), new Tanh(), new Linear(30, 5)),
    };

    private static Tensor Batch(string name) => name switch
    {
        "cnn" => Tensor.Randn(6, 1, 8, 8),
        "lstm" or "attention" => Tensor.Randn(6, 4, 8),
        "embedding" => Tensor.Randint(0, 5, [6]),
        _ => Tensor.Randn(6, 8),
    };

    private sealed class Recurrent : Module
    {
        private readonly LSTM _rnn = new(8, 12, batchFirst: true);
        private readonly Linear _head = new(12, 5);

        public override Tensor Forward(Tensor input) => _head.Forward(_rnn.Forward(input).Output.Select(1, -1));
    }

    private sealed class Attending : Module
    {
        private readonly Linear _qkv = new(8, 24), _head = new(8, 5);

        public override Tensor Forward(Tensor input)
        {
            var parts = _qkv.Forward(input).Chunk(3, -1);
            return _head.Forward(F.ScaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true).Mean(1));
        }
    }

    /// <summary>One weight in two places.</summary>
    private sealed class Tied : Module
    {
        private readonly Embedding _table = new(5, 7);

        public override Tensor Forward(Tensor input) => F.Linear(_table.Forward(input).Tanh(), _table.Weight);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TrainingWithTheBackwardOutside(string name) => Assert.Contains("backward, for gradients of results 0", Same<Tensor>(compile =>
    {
        Rng.ManualSeed(1);
        var model = Model(name);
        var optimizer = new AdamW(model.Parameters(), 0.01);
        var f = compile(x => model.Call(x[0]));
        var losses = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(f([Batch(name)]), Tensor.Randint(0, 5, [6]));
            loss.Backward();
            optimizer.Step();
            losses.Add(loss.Item());
        }
        return [.. losses, .. Numbers(model.Parameters())];
    }).Explain());

    /// <summary>Layers before and behind, sums whose terms come from inside and outside, in every order.</summary>
    [Fact]
    public void InTheMiddleOfAGraph() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(2);
        var w = Tensor.Randn(5, 5).RequiresGradInPlace();
        var first = new Linear(5, 5);
        var f = compile(x => x[0].Matmul(w).Tanh().Matmul(w) + x[0] * w.Sum(0) + x[0]);
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            var x = Tensor.Randn(4, 5).RequiresGradInPlace();
            var h = first.Forward(x) * w[0];
            var loss = (f([h]) * w[1]).Square().Mean() + h.Sin().Sum() + w.Exp().Sum();
            loss.Backward();
            numbers.AddRange([loss.Item(), .. Numbers([x.Grad!, w.Grad!, .. first.Parameters().Select(static p => p.Grad!)])]);
            if (i % 3 == 2) (w.Grad, first.Weight.Grad) = (null, null); // else they add up
        }
        return [.. numbers];
    });

    [Fact]
    public void LeavesAmongTheArguments() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(3);
        var f = compile(static x => (x[0] * x[1]).Sin() + x[0]);
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            var (x, y) = (Tensor.Randn(3, 4).RequiresGradInPlace(), Tensor.Randn(4));
            f([x, y]).Sum().Backward();
            numbers.AddRange(Numbers([x.Grad!]));
            Assert.Null(y.Grad);
        }
        return [.. numbers];
    });

    [Fact]
    public void TwoRunsBeforeTheFirstBackward()
    {
        var captured = Same<Tensor>(static compile =>
        {
            Rng.ManualSeed(4);
            var model = new Sequential(new Linear(6, 9), new Tanh(), new Dropout(0.2), new Linear(9, 3));
            var f = compile(x => model.Call(x[0]));
            var numbers = new List<double>();
            for (int i = 0; i < Steps; i++)
            {
                var a = f([Tensor.Randn(4, 6)]);
                var b = f([Tensor.Randn(4, 6)]);
                (a - b).Square().Mean().Backward();
                numbers.AddRange([.. Numbers([a, b]), .. Numbers(model.Parameters().Select(static p => p.Grad!))]);
                model.ZeroGrad();
            }
            return [.. numbers];
        }, 2 * Steps - 6);
        Assert.Equal(2, captured.Captures);
    }

    [Fact]
    public void MoreRunsWaitThanThereIsMemoryFor()
    {
        var captured = Same<Tensor>(static compile =>
        {
            Rng.ManualSeed(5);
            var model = new Linear(6, 3);
            var f = compile(x => model.Call(x[0]).Exp());
            var numbers = new List<double>();
            for (int i = 0; i < 4; i++)
            {
                Tensor[] parts = [.. Enumerable.Range(0, 7).Select(_ => f([Tensor.Randn(4, 6)]))];
                foreach (var part in parts.Reverse()) part.Sum().Backward();
                numbers.AddRange([.. Numbers(parts), .. Numbers(model.Parameters().Select(static p => p.Grad!))]);
            }
            return [.. numbers];
        }, 6);
        Assert.InRange(captured.Captures, 2, 4);
    }

    [Fact]
    public void ItsOwnResultAsTheArgument() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(6);
        var model = new Linear(5, 5);
        var f = compile(x => model.Call(x[0]).Tanh());
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            f(new[] { f([f([Tensor.Randn(2, 5)])]) }).Sum().Backward();
            var last = f([Tensor.Randn(2, 5)]).Detach();
            GC.Collect();
            f([last]).Square().Sum().Backward();
            numbers.AddRange(Numbers(model.Parameters().Select(static p => p.Grad!)));
            model.ZeroGrad();
        }
        return [.. numbers];
    });

    [Fact]
    public void SeveralResultsOfWhichSomeGetGradients() => Same<(Tensor, Tensor[])>(static compile =>
    {
        Rng.ManualSeed(7);
        var w = Tensor.Randn(3, 3).RequiresGradInPlace();
        var f = compile(x => (x[0].Matmul(w).Sigmoid(), [x[0].Matmul(w) * 2, x[0].Matmul(w.Exp()), x[0].Argmax(1)]));
        var numbers = new List<double>();
        for (int i = 0; i < 30; i++)
        {
            var (a, rest) = f([Tensor.Randn(2, 3)]);
            Assert.False(rest[2].RequiresGrad);
            var loss = (i % 3) switch
            {
                0 => a.Sum(),
                1 => a.Square().Sum() + rest[0].Sum(),
                _ => (rest[1] * rest[2].Unsqueeze(1)).Mean(),
            };
            loss.Backward();
            numbers.AddRange(Numbers([loss.Detach(), w.Grad!]));
            if (i % 4 == 0) w.Grad = null;
        }
        return [.. numbers];
    });

    [Fact]
    public void GradientsOfEveryLayout() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(8);
        var w = Tensor.Randn(4, 4).RequiresGradInPlace();
        var f = compile(x => x[0].Matmul(w).T);
        var numbers = new List<double>();
        for (int i = 0; i < 40; i++)
        {
            var y = f([Tensor.Randn(4, 4)]);
            if (i % 4 == 0) y.Sum().Backward();
            else y.Backward(i % 4 == 1 ? Tensor.Randn(4, 4) : i % 4 == 2 ? Tensor.Randn(4, 4).T : Tensor.Randn(4, 8)[.., 1..5]);
            numbers.AddRange(Numbers([w.Grad!]));
        }
        return [.. numbers];
    }, 20);

    [Fact]
    public void GradientsBelongToWhoeverGetsThem() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(9);
        var w = Tensor.Randn(40, 40).RequiresGradInPlace();
        var v = Tensor.Randn(3).RequiresGradInPlace();
        var f = compile(x => (x[0] * w).Sum() + (v * v).Sum());
        var kept = new List<Tensor>();
        for (int i = 0; i < Steps; i++)
        {
            f([Tensor.Randn(40, 40)]).Backward();
            kept.AddRange([w.Grad!, v.Grad!]);
            (w.Grad, v.Grad) = (null, null);
        }
        return [.. Numbers(kept)];
    });

    [Fact]
    public void ARetainedGraph() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(10);
        var w = Tensor.Randn(3, 3).RequiresGradInPlace();
        var f = compile(x => x[0].Matmul(w).Tanh());
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            var y = f([Tensor.Randn(2, 3)]);
            y.Sum().Backward(retainGraph: true);
            f([Tensor.Randn(2, 3)]).Sum().Backward();
            y.Square().Sum().Backward();
            numbers.AddRange(Numbers([w.Grad!]));
            Assert.Contains("second time", Assert.Throws<InvalidOperationException>(() => y.Exp().Sum().Backward()).Message);
        }
        return [.. numbers];
    });

    [Fact]
    public void GradientsAsValues() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(11);
        var w = Tensor.Randn(3, 3).RequiresGradInPlace();
        var f = compile(x => x[0].Matmul(w).Tanh().Matmul(w));
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            var x = Tensor.Randn(2, 3).RequiresGradInPlace();
            numbers.AddRange(Numbers(Autograd.Grad([f([x]).Square().Sum()], [x, w])!));
            Assert.Null(w.Grad);
            f([x]).Sum().Backward(inputs: [x]);
            Assert.Null(w.Grad);
            numbers.AddRange(Numbers([x.Grad!]));
        }
        return [.. numbers];
    });

    [Fact]
    public void GradientsOfGradientsAreRefused()
    {
        var w = Tensor.Ones([3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => (x * w).Square());
        for (int i = 0; i < 4; i++) f.Run(Tensor.Ones(3)).Sum().Backward();
        var y = f.Run(Tensor.Ones(3)).Sum();
        Assert.Contains("createGraph", Assert.Throws<InvalidOperationException>(() => y.Backward(createGraph: true)).Message);
    }

    [Fact]
    public void HooksOutsideAreCalledAndHooksInsideKeepTheFunctionPlain()
    {
        Same<Tensor>(static compile =>
        {
            Rng.ManualSeed(12);
            var w = Tensor.Randn(3).RequiresGradInPlace();
            var f = compile(x => x[0] * w + w);
            var numbers = Noting(w);
            for (int i = 0; i < Steps; i++)
            {
                var x = Tensor.Randn(3).RequiresGradInPlace();
                x.RegisterHook(static g => g * 3);
                var y = f([x]);
                y.RegisterHook(static g => g * 5);
                y.RetainGrad();
                y.Sum().Backward();
                numbers.AddRange(Numbers([x.Grad!, w.Grad!, y.Grad!]));
            }
            return [.. numbers];
        });
        var captured = Same<Tensor>(static compile =>
        {
            var w = Tensor.Ones([3], requiresGrad: true);
            int calls = 0;
            var f = compile(x =>
            {
                var h = x[0] * w;
                h.RegisterHook(g =>
                {
                    calls++;
                    return null;
                });
                return h.Exp();
            });
            for (int i = 0; i < Steps; i++) f([Tensor.Ones(3)]).Sum().Backward();
            return [calls];
        }, 0);
        Assert.Contains("hook", captured.PlainWithHistoryBecause);
    }

    /// <summary>A hook that notes gradients and doubles them, in a closure of its own.</summary>
    private static List<double> Noting(Tensor tensor)
    {
        var numbers = new List<double>();
        tensor.RegisterHook(g =>
        {
            numbers.AddRange(Numbers([g]));
            return g * 2;
        });
        return numbers;
    }

    [Fact]
    public void WhatWasOverwrittenBeforeBackwardIsAnError()
    {
        var w = Tensor.Ones([3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => (x * w).Exp());
        for (int i = 0; i < 8; i++)
        {
            f.Run(Tensor.Ones(3)).Sum().Backward();
            var x = Tensor.Ones(3);
            var y = f.Run(x);
            switch (i % 3)
            {
                case 0:
                    using (Autograd.NoGrad()) w.MulInPlace(1);
                    break;
                case 1:
                    x.AddInPlace(1);
                    break;
                default:
                    y.Detach().AddInPlace(1);
                    break;
            }
            if (i % 3 == 0)
            {
                // x needs no gradient, so w is not saved.
                y.Sum().Backward();
                continue;
            }
            Assert.Contains("modified by an inplace operation", Assert.Throws<InvalidOperationException>(() => y.Sum().Backward()).Message);
            GC.Collect();
        }
        Assert.True(f.Replays > 6, f.LastRecapture);
    }

    [Fact]
    public void ASavedParameterThatWasUpdatedIsAnError()
    {
        var w = Tensor.Ones([3, 3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => x.Matmul(w));
        for (int i = 0; i < 8; i++)
        {
            f.Run(Tensor.Ones([2, 3], requiresGrad: true)).Sum().Backward();
            var y = f.Run(Tensor.Ones([2, 3], requiresGrad: true)).Sum();
            using (Autograd.NoGrad()) w.MulInPlace(2);
            Assert.Contains("modified by an inplace operation", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
            y = null;
            GC.Collect();
        }
    }

    [Fact]
    public void WritingToAResultIsPartOfTheHistory() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(13);
        var w = Tensor.Randn(3).RequiresGradInPlace();
        var f = compile(x => x[0] * w);
        var numbers = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            var y = f([Tensor.Randn(3)]);
            y.MulInPlace(2);
            y[0] = 7;
            y.Sum().Backward();
            numbers.AddRange(Numbers([y, w.Grad!]));
        }
        return [.. numbers];
    });

    [Fact]
    public void FrozenParametersAreNoticed() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(14);
        var model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
        var f = compile(x => model.Call(x[0]));
        var numbers = new List<double>();
        for (int i = 0; i < 24; i++)
        {
            if (i is 8 or 16) foreach (var p in model[0].Parameters()) p.RequiresGrad = i == 16;
            model.ZeroGrad();
            f([Tensor.Randn(2, 3)]).Sum().Backward();
            Assert.Equal(i is >= 8 and < 16, model[0].Parameters().First().Grad is null);
            numbers.AddRange(Numbers(model.Parameters().Where(static p => p.Grad is not null).Select(static p => p.Grad!)));
        }
        return [.. numbers];
    });

    [Fact]
    public void WithAndWithoutGradients() => Same<Tensor>(static compile =>
    {
        Rng.ManualSeed(15);
        var model = new Sequential(new Linear(3, 4), new Dropout(0.5), new Linear(4, 2));
        var f = compile(x => model.Call(x[0]));
        var numbers = new List<double>();
        for (int i = 0; i < 2 * Steps; i++)
        {
            model.Train(i % 4 != 3);
            if (i % 2 == 0)
            {
                f([Tensor.Randn(2, 3)]).Sum().Backward();
                numbers.AddRange(Numbers(model.Parameters().Select(static p => p.Grad!)));
            }
            else
            {
                using (Autograd.NoGrad()) numbers.AddRange(Numbers([f([Tensor.Randn(2, 3)])]));
            }
        }
        return [.. numbers];
    });

    [Fact]
    public void ResultsThatNobodyRunsBackwardThrough()
    {
        var w = Tensor.Ones([3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => x * w);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal([1f * i, i, i], f.Run(Tensor.Full([3], (double)i)).ToArray<float>());
            if (i % 2 == 0) GC.Collect();
        }
        Assert.True(f.Replays > 10, f.LastRecapture);
        Assert.Null(f.EagerBecause);
    }

    [Fact]
    public void InsideAndBesideOtherCapturedFunctions()
    {
        Rng.ManualSeed(16);
        var model = new Linear(3, 2);
        var inner = Compiler.Compile(model);
        var outer = Compiler.Compile((Tensor x) =>
        {
            model.ZeroGrad();
            inner.Run(x).Square().Sum().Backward();
            return model.Weight.Grad! + 0;
        });
        for (int i = 0; i < 6; i++)
        {
            inner.Run(Tensor.Ones(2, 3)).Sum().Backward();
            var x = Tensor.Randn(2, 3);
            var found = outer.Run(x).ToArray<float>();
            model.ZeroGrad();
            model.Forward(x).Square().Sum().Backward();
            Assert.Equal(model.Weight.Grad!.ToArray<float>(), found);
        }
        Assert.True(outer.Replays > 0, outer.LastRecapture);
        var y = inner.Run(Tensor.Ones(2, 3)).Sum();
        var late = Compiler.Compile((Tensor x) =>
        {
            y.Backward();
            return x + 1;
        });
        Assert.Contains("another function is being captured", Assert.Throws<InvalidOperationException>(() => late.Run(Tensor.Ones(1))).Message);
    }

    public static TheoryData<string> Plain => ["view of an argument", "two views of one result", "writes to an argument", "writes to a tensor outside", "backward inside too", "a history outside"];

    /// <summary>What is not captured is right all the same, and says why.</summary>
    [Theory]
    [MemberData(nameof(Plain))]
    public void NotCaptured(string what)
    {
        var captured = Same<(Tensor, Tensor)>(compile =>
        {
            Rng.ManualSeed(17);
            var w = Tensor.Randn(3).RequiresGradInPlace();
            var outside = Tensor.Zeros(3);
            var history = w * 2;
            var f = compile(x =>
            {
                switch (what)
                {
                    case "view of an argument":
                        return (x[0].View(3, 1), x[0] * w);
                    case "two views of one result":
                        var y = x[0] * w;
                        return (y, y[..2]);
                    case "writes to an argument":
                        return (x[0].MulInPlace(w), x[0].Exp());
                    case "writes to a tensor outside":
                        return (x[0] * 2, outside.CopyInPlace(x[0] * w));
                    case "backward inside too":
                        (x[0].Detach() * w).Sum().Backward();
                        return (x[0] * w, x[0] + 1);
                    default:
                        return (x[0] * history, x[0] + 1);
                }
            });
            var numbers = new List<double>();
            for (int i = 0; i < Steps; i++)
            {
                var (a, b) = f([Tensor.Randn(3).RequiresGradInPlace() * 1]);
                Autograd.Backward([a.Sum() + b.Sum()], retainGraph: true);
                numbers.AddRange(Numbers([a, b, w.Grad!]));
                outside = Tensor.Zeros(3);
            }
            return [.. numbers];
        }, 0);
        Assert.Equal(0, captured.Replays);
        Assert.NotNull(captured.PlainWithHistoryBecause);
    }

    [Fact]
    public void AnErrorInTheMiddleLeavesTheNextRunRight()
    {
        var table = Tensor.Arange(10, dtype: DType.Float32).RequiresGradInPlace();
        var f = Compiler.Compile((Tensor i) => table.IndexSelect(0, i).Exp());
        for (int k = 0; k < 10; k++)
        {
            if (k % 3 == 2) Assert.Throws<IndexOutOfRangeException>(() => f.Run(Tensor.From([1L, 20L])));
            f.Run(Tensor.From([1L, 2L])).Sum().Backward();
            Assert.Equal(MathF.Exp(1), table.Grad!.ToArray<float>()[1], 1e-6f);
            table.Grad = null;
        }
        Assert.True(f.Replays > 4, f.LastRecapture);
    }

    [Fact]
    public void AnomalyModeNamesTheOperation()
    {
        var w = Tensor.Ones([3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => (x * w).Sqrt());
        for (int i = 0; i < 5; i++) f.Run(Tensor.Ones(3)).Sum().Backward();
        var y = f.Run(Tensor.Zeros(3)).Sum();
        using (Autograd.DetectAnomaly()) Assert.Contains("Backward", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
    }

    [Fact]
    public async Task BackwardOnAnotherThread()
    {
        var w = Tensor.Ones([3], requiresGrad: true);
        var f = Compiler.Compile((Tensor x) => (x * w).Exp());
        for (int i = 0; i < 8; i++)
        {
            var y = f.Run(Tensor.Full([3], 0.5)).Sum();
            await Task.Run(() => y.Backward());
            Assert.Equal(0.5 * Math.Exp(0.5), w.Grad!.ToArray<double>()[0], 1e-6);
            w.Grad = null;
        }
        Assert.True(f.Replays > 4, f.LastRecapture);
    }
}
