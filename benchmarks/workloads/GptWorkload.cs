using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Transformers over characters.</summary>
internal static class GptWorkload
{
    public static Workload Nano() => Build(batch: 12, vocabulary: 65, length: 64, width: 128, layers: 4, heads: 4);

    public static Workload Mini() => Build(batch: 4, vocabulary: 65, length: 256, width: 384, layers: 6, heads: 6);

    /// <summary>A step is a character: the most probable one after those so far, whose keys and values are kept. After 256 it begins anew.</summary>
    public static Workload Generation()
    {
        const long Length = 256;
        Rng.ManualSeed(0);
        var model = new Gpt(vocabulary: 65, Length, width: 384, layers: 6, heads: 6);
        model.Eval();
        var token = Tensor.Zeros([1, 1], DType.Int64);
        if (Workload.Captured)
        {
            // A captured step cannot count in C#: the position is a tensor, and every shape is that of the whole length.
            var place = Tensor.Zeros([1], DType.Int64);
            var step = Compiler.Compile(() =>
            {
                using var _ = Autograd.NoGrad();
                var logits = model.Next(token, place);
                token.CopyInPlace(logits.Argmax(-1));
                place.AddInPlace(1).RemainderInPlace(Length);
                return logits.Max();
            });
            return Workload.Inferring(model, () => step.Run().Item(), step);
        }
        long position = 0;
        return Workload.Inferring(model, () =>
        {
            if (position == Length) position = 0;
            using var _ = Autograd.NoGrad();
            var logits = model.Next(token, position++);
            token = logits.Argmax(-1).Reshape(1, 1);
            return logits.Max().Item();
        });
    }

    private static Workload Build(long batch, long vocabulary, long length, long width, int layers, long heads)
    {
        Rng.ManualSeed(0);
        var model = new Gpt(vocabulary, length, width, layers, heads);
        var x = Tensor.Randint(0, vocabulary, [batch, length]);
        var y = Tensor.Randint(0, vocabulary, [batch * length]);
        // Causal attention: two products, of which half is needed.
        double attention = layers * 2.0 * batch * length * length * width;
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new AdamW(model.Parameters(), lr: 1e-3), attention);
    }

    private sealed class Gpt : Module
    {
        private readonly Embedding _tok, _pos;
        private readonly Sequential _blocks;
        private readonly LayerNorm _ln;
        private readonly Linear _head;
        private readonly (Tensor Keys, Tensor Values)[] _seen;

        public Gpt(long vocabulary, long length, long width, int layers, long heads)
        {
            _tok = new(vocabulary, width);
            _pos = new(length, width);
            _blocks = new([.. Enumerable.Range(0, layers).Select(_ => (Module)new Block(width, heads))]);
            _ln = new(width);
            _head = new(width, vocabulary, bias: false);
            _seen = [.. Enumerable.Range(0, layers).Select(_ => (Tensor.Zeros(1, heads, length, width / heads), Tensor.Zeros(1, heads, length, width / heads)))];
        }

        /// <summary>The logits after one more character [1, 1].</summary>
        public Tensor Next(Tensor token, long position)
        {
            var h = _tok.Forward(token) + _pos.Weight.Narrow(0, position, 1);
            for (int i = 0; i < _seen.Length; i++) h = ((Block)_blocks[i]).Next(h, _seen[i].Keys, _seen[i].Values, position);
            return _head.Forward(_ln.Forward(h));
        }

        /// <summary>The same where the position is a tensor [1].</summary>
        public Tensor Next(Tensor token, Tensor position)
        {
            var h = _tok.Forward(token) + _pos.Forward(position);
            var written = Tensor.Arange(_seen[0].Keys.Shape[2]) <= position;
            for (int i = 0; i < _seen.Length; i++) h = ((Block)_blocks[i]).Next(h, _seen[i].Keys, _seen[i].Values, position, written);
            return _head.Forward(_ln.Forward(h));
        }

        public override Tensor Forward(Tensor input)
        {
            var h = _tok.Forward(input) + _pos.Forward(Tensor.Arange(input.Shape[1]));
            return _head.Forward(_ln.Forward(_blocks.Forward(h))).Flatten(0, 1);
        }
    }

    private sealed class Block : Module
    {
        private readonly LayerNorm _ln1, _ln2;
        private readonly Linear _qkv, _proj, _fc, _out;
        private readonly long _heads;

        public Block(long width, long heads)
        {
            _heads = heads;
            _ln1 = new(width);
            _qkv = new(width, 3 * width);
            _proj = new(width, width);
            _ln2 = new(width);
            _fc = new(width, 4 * width);
            _out = new(4 * width, width);
        }

        public Tensor Next(Tensor input, Tensor keys, Tensor values, long position)
        {
            var (query, key, value) = Heads(input);
            keys.Narrow(2, position, 1).CopyInPlace(key);
            values.Narrow(2, position, 1).CopyInPlace(value);
            return Rest(input, F.ScaledDotProductAttention(query, keys.Narrow(2, 0, position + 1), values.Narrow(2, 0, position + 1)));
        }

        /// <summary>The same where the position is a tensor; only what is written already takes part.</summary>
        public Tensor Next(Tensor input, Tensor keys, Tensor values, Tensor position, Tensor written)
        {
            var (query, key, value) = Heads(input);
            keys.IndexCopyInPlace(2, position, key);
            values.IndexCopyInPlace(2, position, value);
            return Rest(input, F.ScaledDotProductAttention(query, keys, values, written));
        }

        public override Tensor Forward(Tensor input)
        {
            var (query, key, value) = Heads(input);
            return Rest(input, F.ScaledDotProductAttention(query, key, value, isCausal: true));
        }

        private (Tensor Query, Tensor Key, Tensor Value) Heads(Tensor input)
        {
            var (batch, length, width) = (input.Shape[0], input.Shape[1], input.Shape[2]);
            var qkv = _qkv.Forward(_ln1.Forward(input)).Split(width, 2);
            return (Cut(qkv[0]), Cut(qkv[1]), Cut(qkv[2]));

            Tensor Cut(Tensor t) => t.View(batch, length, _heads, width / _heads).Transpose(1, 2);
        }

        private Tensor Rest(Tensor input, Tensor attended)
        {
            var x = input + _proj.Forward(attended.Transpose(1, 2).Reshape(input.Shape));
            return x + _out.Forward(F.Gelu(_fc.Forward(_ln2.Forward(x))));
        }
    }
}
