// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include <google/protobuf/message.h>

namespace kari::test {

// Fills messages of any type with few different values, so that authors often agree.
class RandomResource {
public:
    explicit RandomResource(unsigned seed) : engine_(seed) {}

    int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }

    // One atom of a resource: written with a value. False: the field cannot be (no such value).
    void write(google::protobuf::Message& resource, const google::protobuf::FieldDescriptor& atom) {
        set(resource, atom, 0);
    }

private:
    using Field = google::protobuf::FieldDescriptor;
    static constexpr int k_deepest = 3;

    void fill(google::protobuf::Message& message, int depth) {
        const auto* type = message.GetDescriptor();
        for (int i = 0; i < type->field_count(); ++i) {
            const Field& field = *type->field(i);
            const bool deep = field.cpp_type() == Field::CPPTYPE_MESSAGE && depth >= k_deepest;
            if (deep || below(3) != 0) continue;
            if (!field.is_repeated()) {
                set(message, field, depth);
            } else {
                for (int n = below(3); n > 0; --n)
                    add(message, field, depth);
            }
        }
    }

    void set(google::protobuf::Message& message, const Field& field, int depth) {
        const auto* reflection = message.GetReflection();
        switch (field.cpp_type()) {
            case Field::CPPTYPE_MESSAGE:
                fill(*reflection->MutableMessage(&message, &field), depth + 1);
                break;
            case Field::CPPTYPE_STRING:
                reflection->SetString(&message, &field, word(field));
                break;
            case Field::CPPTYPE_ENUM:
                reflection->SetEnumValue(&message, &field,
                                         below(field.enum_type()->value_count() + 1));
                break;
            case Field::CPPTYPE_BOOL:
                reflection->SetBool(&message, &field, below(2) == 1);
                break;
            case Field::CPPTYPE_UINT32:
                reflection->SetUInt32(&message, &field, static_cast<std::uint32_t>(below(3)));
                break;
            case Field::CPPTYPE_UINT64:
                reflection->SetUInt64(&message, &field, static_cast<std::uint64_t>(below(300)));
                break;
            case Field::CPPTYPE_INT32:
                reflection->SetInt32(&message, &field, below(5) - 2);
                break;
            case Field::CPPTYPE_INT64:
                reflection->SetInt64(&message, &field, below(300) - 150);
                break;
            default:
                throw std::logic_error("a type that no resource had: " + field.full_name());
        }
    }

    void add(google::protobuf::Message& message, const Field& field, int depth) {
        const auto* reflection = message.GetReflection();
        if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
            fill(*reflection->AddMessage(&message, &field), depth + 1);
        } else if (field.cpp_type() == Field::CPPTYPE_STRING) {
            reflection->AddString(&message, &field, word(field));
        } else {
            throw std::logic_error("a list that no resource had: " + field.full_name());
        }
    }

    std::string word(const Field& field) {
        if (field.type() == Field::TYPE_BYTES) return std::string(16, static_cast<char>(below(2)));
        return below(2) == 0 ? "a" : "\xC3\xA5";  // å
    }

    std::mt19937 engine_;
};

}  // namespace kari::test
