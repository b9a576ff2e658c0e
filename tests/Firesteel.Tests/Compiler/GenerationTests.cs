using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>Text made token by token with a cache of keys and values: captured with the position as a tensor, it gives the tokens and the bits of plain code that counts in C#.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class GenerationTests
{
    private const long Vocabulary = 11, Length = 24, Width = 16, Heads = 2;

    private sealed class Block : Module
    {
        private readonly LayerNorm _ln1 = new(Width), _ln2 = new(Width);
        private readonly Linear _qkv = new(Width, 3 * Width), _proj = new(Width, Width), _fc = new(Width, 32), _out = new(32, Width);

        /// <summary>Keys and values so far; no state, so arrays of tensors.</summary>
        public Tensor[] Seen { get; } = [Tensor.Zeros(1, Heads, Length, Width / Heads), Tensor.Zeros(1, Heads, Length, Width / Heads)];

        public Tensor Next(Tensor input, Func<Tensor, Tensor, Tensor, Tensor> attend)
        {
            Tensor[] qkv = [.. _qkv.Forward(_ln1.Forward(input)).Split(Width, 2).Select(static t => t.View(1, -1, Heads, Width / Heads).Transpose(1, 2))];
            var x = input + _proj.Forward(attend(qkv[0], qkv[1], qkv[2]).Transpose(1, 2).Reshape(input.Shape));
            return x + _out.Forward(F.Gelu(_fc.Forward(_ln2.Forward(x))));
        }
    }

    private sealed class Gpt : Module
    {
        private readonly Embedding _tok = new(Vocabulary, Width), _pos = new(Length, Width);
        private readonly Block[] _blocks = [new(), new()];
        private readonly Linear _head = new(Width, Vocabulary);

        /// <summary>All at once, without a cache.</summary>
        public override Tensor Forward(Tensor input) => Logits(_tok.Forward(input) + _pos.Forward(Tensor.Arange(input.Shape[1])), static _ => static (q, k, v) => F.ScaledDotProductAttention(q, k, v, isCausal: true));

        public Tensor Next(Tensor token, long position) => Logits(_tok.Forward(token) + _pos.Weight.Narrow(0, position, 1), block => (q, k, v) =>
        {
            block.Seen[0].Narrow(2, position, 1).CopyInPlace(k);
            block.Seen[1].Narrow(2, position, 1).CopyInPlace(v);
            return F.ScaledDotProductAttention(q, block.Seen[0].Narrow(2, 0, position + 1), block.Seen[1].Narrow(2, 0, position + 1));
        });

        public Tensor Next(Tensor token, Tensor position)
        {
            var written = Tensor.Arange(Length) <= position;
            return Logits(_tok.Forward(token) + _pos.Forward(position), block => (q, k, v) =>
                F.ScaledDotProductAttention(q, block.Seen[0].IndexCopyInPlace(2, position, k), block.Seen[1].IndexCopyInPlace(2, position, v), written));
        }

        private Tensor Logits(Tensor h, Func<Block, Func<Tensor, Tensor, Tensor, Tensor>> attend)
        {
            foreach (var block in _blocks) h = block.Next(h, attend(block));
            return _head.Forward(h);
        }
    }

    [Fact]
    public void TheTokensAndBitsOfPlainCode()
    {
        Rng.ManualSeed(0);
        var model = new Gpt();
        using var _ = Autograd.NoGrad();

        var tokens = new List<long>();
        var expected = new List<float[]>();
        var token = Tensor.Zeros([1, 1], DType.Int64);
        for (long i = 0; i < Length; i++)
        {
            var logits = model.Next(token, i);
            expected.Add(logits.ToArray<float>());
            tokens.Add(token.Item<long>());
            token = logits.Argmax(-1);
        }
        // A cache changes nothing: all at once, each token gives the logits from which the next was taken.
        var together = model.Forward(Tensor.From(tokens.ToArray()).Unsqueeze(0))[0];
        for (int i = 0; i < Length; i++) Assert.True(together[i].Allclose(Tensor.From(expected[i]), 1e-4, 1e-5));

        var current = Tensor.Zeros([1, 1], DType.Int64);
        var place = Tensor.Zeros([1], DType.Int64);
        var next = Compiler.Compile(() =>
        {
            var logits = model.Next(current, place);
            current.CopyInPlace(logits.Argmax(-1));
            place.AddInPlace(1).RemainderInPlace(Length);
            return logits;
        });
        // Twice through, so that the cache is full of what must not be seen.
        for (int i = 0; i < 2 * Length; i++)
        {
            if (i == Length) current.ZeroInPlace();
            Assert.Equal(tokens[i % (int)Length], current.Item<long>());
            Assert.Equal(expected[i % (int)Length], next.Run().ToArray<float>());
        }
        Assert.Equal(2 * Length - 2, next.Replays);
    }
}
