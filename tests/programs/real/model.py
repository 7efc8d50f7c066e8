# A neural network's description in protocol buffers, as the pure Python implementation of that package reads, walks,
# prints and writes it. The messages are like those of model files: layers with names, kinds, shapes and arrays of weights.
import random
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

FIELDS = {
    "Array": [("shape", "uint64", True), ("values", "float", True), ("quantised", "bytes", False)],
    "Convolution": [("outputs", "uint64", False), ("kernels", "uint64", False), ("size", "uint64", True), ("stride", "uint64", True),
                    ("same", "bool", False), ("weights", "Array", False), ("bias", "Array", False)],
    "Normalisation": [("channels", "uint64", False), ("epsilon", "float", False), ("gamma", "Array", False), ("beta", "Array", False),
                      ("mean", "Array", False), ("variance", "Array", False)],
    "Activation": [("kind", "string", False), ("alpha", "float", False)],
    "Layer": [("name", "string", False), ("input", "string", True), ("output", "string", True), ("convolution", "Convolution", False),
              ("normalisation", "Normalisation", False), ("activation", "Activation", False)],
    "Feature": [("name", "string", False), ("about", "string", False), ("shape", "int64", True)],
    "Model": [("version", "int32", False), ("author", "string", False), ("input", "Feature", True), ("output", "Feature", True),
              ("layer", "Layer", True), ("label", "string", True)],
}


def messages():
    file = descriptor_pb2.FileDescriptorProto(name="model.proto", package="model", syntax="proto3")
    types = descriptor_pb2.FieldDescriptorProto
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, many) in enumerate(fields, 1):
            new = message.field.add(name=field, number=number, label=types.LABEL_REPEATED if many else types.LABEL_OPTIONAL)
            if kind in FIELDS:
                new.type, new.type_name = types.TYPE_MESSAGE, f".model.{kind}"
            else:
                new.type = getattr(types, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("model.Model"))


def fill(array, rng, *shape):
    size = 1
    for length in shape:
        array.shape.append(length)
        size *= length
    array.values.extend(rng.gauss(0, 0.1) for _ in range(size))


def build(kind, rng, blocks):
    model = kind(version=4, author="nobody")
    model.input.add(name="image", about="what is to be told", shape=(3, 224, 224))
    model.output.add(name="probabilities", shape=(1000,))
    last = "image"
    for block in range(blocks):
        channels = 8 << (4 * block // blocks)
        for part in range(3):
            name = f"block_{block}_{part}"
            layer = model.layer.add(name=f"{name}_convolution", input=[last], output=[f"{name}_sum"])
            layer.convolution.outputs, layer.convolution.kernels = channels, channels
            layer.convolution.size.extend((1, 1) if part != 1 else (3, 3))
            layer.convolution.stride.extend((1 + (block % 4 == 0),) * 2)
            layer.convolution.same = True
            fill(layer.convolution.weights, rng, channels, 4, *layer.convolution.size)
            fill(layer.convolution.bias, rng, channels)
            layer = model.layer.add(name=f"{name}_normalisation", input=[f"{name}_sum"], output=[f"{name}_normal"])
            layer.normalisation.channels, layer.normalisation.epsilon = channels, 1e-5
            for field in ("gamma", "beta", "mean", "variance"):
                fill(getattr(layer.normalisation, field), rng, channels)
            last = f"{name}_active"
            layer = model.layer.add(name=last, input=[f"{name}_normal"], output=[last])
            layer.activation.kind = "relu" if part < 2 else "leaky"
            layer.activation.alpha = 0.1 * part
    model.label.extend(f"label {i}" for i in range(1000))
    return model


def describe(model):
    kinds, weights, extremes = {}, 0, []
    for layer in model.layer:
        for field, value in layer.ListFields():
            if field.message_type is not None:
                kinds[field.name] = kinds.get(field.name, 0) + 1
                for inner, array in value.ListFields():
                    if inner.message_type is not None and len(array.values):
                        weights += len(array.values)
                        extremes.append((layer.name, inner.name, min(array.values), max(array.values)))
    return [f"{name}: {count}" for name, count in sorted(kinds.items())] + [f"weights: {weights}"] + [
        f"{layer}.{name} {low:.4f} {high:.4f}" for layer, name, low, high in extremes]


def main():
    kind = messages()
    data = build(kind, random.Random(1), int(sys.argv[1])).SerializeToString()
    for turn in range(100):
        model = kind()
        model.ParseFromString(data)
        lines = describe(model)
        text = text_format.MessageToString(model)
        back = model.SerializeToString()
        print(turn, len(lines), len(text), back == data, flush=True)


main()
