"""Plain English for a very small model: short conversations and prose about everyday things, written for this project.

Everything is put together from the phrases below by a seeded generator, so the text is the same on every machine. The
house style of the support desk in this folder does not occur in it: the demonstration teaches that.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

Message = dict[str, object]

NAMES = "Anna Ben Carla David Emma Finn Grace Henry Ines Jonas Karin Leo Maria Nora Oscar Paula Rosa Sam Tom Vera".split()
PLACES = "garden kitchen library market station harbour school office workshop park museum bakery cellar attic".split()
TOWNS = "Ashford Bremen Calais Dover Esbjerg Florence Ghent Haarlem Innsbruck Jena Kiel Lisbon Malmo Norwich".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
COLOURS = "red blue green yellow white black brown grey orange purple".split()
THINGS = (
    "kettle lamp chair table clock radio bicycle umbrella blanket basket ladder hammer bucket watering can seed box plant "
    "pot garden hose timer oven toaster heater fan mirror shelf candle teapot book coat scarf backpack camera phone charger"
).replace("watering can", "watering-can").replace("seed box", "seed-box").replace("garden hose", "garden-hose").split()
THINGS = [thing.replace("-", " ") for thing in THINGS]
FOODS = "bread soup rice beans apples carrots cheese eggs pasta potatoes tomatoes onions honey tea coffee milk".split()
ANIMALS = "cat dog horse cow sheep hen fox owl hare bee frog trout swan goat".split()
ADJECTIVES = "small large old new quiet bright cold warm heavy light clean broken simple useful strong soft".split()
NUMBERS = "two three four five six seven eight nine ten twelve fourteen fifteen twenty thirty forty sixty".split()
SYSTEMS = [
    "You are a helpful assistant.",
    "You are a helpful assistant. Be brief.",
    "You answer questions about everyday things.",
    "You are a patient teacher. Use simple words.",
    "You work at the desk of a small library. Be exact and calm.",
    "You help people with the things they bought. Be polite and short.",
    "You are an assistant. Close every answer politely.",
]
OPENINGS = ["", "", "", "Hello. ", "Hi there. ", "Good morning. ", "Excuse me. ", "One question. ", "Hi, ", "Please help. "]
ENDINGS = ["", "", "", " Thank you.", " Many thanks.", " Thanks.", " It is a bit urgent.", " I am not sure what to do.", " Can you help?"]

# Question patterns, answer patterns. Slots in braces are drawn once for a conversation, so an answer repeats what was asked.
TOPICS: list[tuple[list[str], list[str]]] = [
    (
        ["Where is the {thing}?", "I cannot find the {thing}. Where could it be?", "Have you seen my {adjective} {thing}?"],
        ["The {thing} is in the {place}, next to the {thing2}.", "Look in the {place}. It was there on {day}.",
         "I saw it in the {place} on {day}, under the {colour} {thing2}."],
    ),
    (
        ["When does the {place} open?", "Is the {place} open on {day}?", "What are the opening hours of the {place}?"],
        ["The {place} opens at {n} in the morning and closes at {n2}. On {day} it stays closed.",
         "It is open from Monday to Friday, and on {day} until {n} in the afternoon.",
         "Yes. On {day} you can come from {n} until {n2}."],
    ),
    (
        ["How do I clean a {thing}?", "My {thing} is dirty. How should I clean it?", "What is the best way to clean the {thing}?"],
        ["Unplug it first if it has a plug. Then wipe it with a soft damp cloth and let it dry for {n} hours.",
         "Use warm water and a little soap. Do not scrub it, and dry it well before you use it again.",
         "Take it apart, wash each part by hand, and put it together again when everything is dry."],
    ),
    (
        ["My {thing} does not work any more. What can I do?", "The {thing} I bought in {month} stopped working.",
         "The {thing} broke after {n} days. Can it be repaired?", "There is a crack in the {thing}."],
        ["I am sorry about that. First check the plug and the switch. If it still does not work, bring it back with the receipt.",
         "That should not happen after {n} days. Send us a picture of it and we will find out what is wrong.",
         "Please hold the button for {n} seconds, wait, and try again. If that does not help, it can be exchanged.",
         "We can repair it or send a new one. Which do you prefer? It takes about {n} days."],
    ),
    (
        ["When will my parcel come?", "I ordered a {thing} {n} days ago and it has not arrived.", "Where is my order?",
         "My parcel is late. Is it lost?", "How long does the delivery take?"],
        ["A parcel takes {n} days as a rule. You get a message with a number on the day it leaves.",
         "It left on {day} and should be with you by {day2}. You can follow it with the number in the message.",
         "I looked it up: your parcel is on its way and arrives on {day}. If it does not, write again and we send another.",
         "Give it until {day}. The post in {town} is slow this week."],
    ),
    (
        ["Can I send the {thing} back?", "How do I return something?", "I want to return the {colour} {thing}.",
         "The {thing} is too {adjective}. Can I have my money back?"],
        ["Yes, you can send it back within {n} days. Put it in the box, add the slip, and take it to the post.",
         "You can. The money is on your account about {n} days after it reaches us.",
         "Of course. Go to your account, choose the order, and print the label. You pay nothing for it.",
         "You may exchange it for another colour or get your money back, as you like."],
    ),
    (
        ["How can I change my address?", "I forgot my password.", "How do I close my account?", "Can you change the name on my invoice?",
         "I cannot log in to my account."],
        ["Open your account, choose Settings, and press Change. You get a mail to confirm it.",
         "Press the link on the login page. The mail comes after a minute; look in the spam folder too.",
         "You can do that yourself under Account. If it does not work, tell me the mail address you used.",
         "I cannot see your password, but a new one is made in a minute on the login page."],
    ),
    (
        ["What can I cook with {food} and {food2}?", "I have only {food} and {food2}. What shall I cook?", "Do you have a recipe with {food}?"],
        ["Cut the {food} into small pieces, fry it for {n} minutes, and add the {food2} at the end.",
         "Make a soup: boil the {food} with some salt, add {food2}, and let it cook for {n} minutes.",
         "Put the {food} in the oven for {n} minutes and serve it with {food2}. A little oil makes it better."],
    ),
    (
        ["How often should I water the {adjective} plant in the {place}?", "My plants have {colour} leaves. Why?", "When do I sow the seeds?"],
        ["Water it every {n} days, less in winter. The soil should be damp and never wet.",
         "Too much water makes the leaves {colour}. Let the soil dry, and move it nearer to the window.",
         "Sow them in {month}, {n} seeds to a pot, and keep them warm until the first leaves show."],
    ),
    (
        ["What is the colour of the {thing}?", "Does the {thing} come in {colour}?", "Which colours do you have?"],
        ["It is {colour}. There is also a {colour2} one.", "Yes, in {colour} and {colour2}.", "We have {colour}, {colour2} and white."],
    ),
    (
        ["How much is the {thing}?", "What does a {thing} cost?", "Is the {adjective} {thing} cheaper?"],
        ["The {thing} costs {n} euros.", "It is {n} euros, and {n2} with the {thing2}.", "No, both cost {n} euros at the moment."],
    ),
    (
        ["Who is {name}?", "Do you know {name}?", "What does {name} do?"],
        ["{name} works in the {place} in {town}.", "{name} is a friend of {name2}. They live in {town}.",
         "{name} has a {animal} and a {adjective} house near {town}."],
    ),
    (
        ["Tell me about the {animal}.", "What does a {animal} eat?", "Where does a {animal} live?"],
        ["The {animal} is a {adjective} animal. It is awake in the morning and sleeps when it is {adjective2}.",
         "It eats what it finds: grass, seeds, sometimes fruit. In winter it needs more.",
         "You find it near water and in woods. It keeps away from the town."],
    ),
    (
        ["How do I get to {town}?", "Is there a train to {town} on {day}?", "How long is the way to {town}?"],
        ["Take the train at {n} and change in {town2}. It takes about {n2} hours.",
         "There is a bus every {n} minutes from the station.", "On {day} there is one train, at {n} in the morning."],
    ),
    (
        ["Can I cancel my order?", "I ordered the wrong {thing}. Can you stop it?", "Please cancel the {thing}."],
        ["Yes, as long as it has not left. I have cancelled it and the money goes back today.",
         "It has already been packed. Do not accept the parcel and it comes back to us by itself.",
         "That is done. You get a mail within {n} minutes."],
    ),
    (
        ["Do you sell gift cards?", "How long is a gift card valid?", "Can I pay with two gift cards?"],
        ["A gift card is valid for {n} years. You can use it in parts.", "Yes, from {n} euros. It comes by mail or on paper.",
         "You can use two at once. The rest stays on the card."],
    ),
    (
        ["How do I set the timer?", "The light on the {thing} blinks. What does that mean?", "How do I change the battery of the {thing}?"],
        ["Press the button twice and turn the wheel to {n}. The light blinks when it is set.",
         "A {colour} light means that the battery is low. Change it within {n} days.",
         "Open the small door at the back, take the old battery out, and put the new one in with the plus side up."],
    ),
    (
        ["What is a {thing} for?", "Explain the word {adjective}.", "What do people do in a {place}?"],
        ["People use it every day. It makes work in the {place} easier.", "It means that something is not {adjective2}.",
         "They meet, they work, and on {day} they talk about the {adjective} things of the week."],
    ),
]
FOLLOW_UPS: list[tuple[str, str]] = [
    ("And on {day}?", "On {day} it is the same, only later."),
    ("How long does that take?", "About {n} days. You get a message when it is done."),
    ("What if that does not help?", "Then write again and we look at it together."),
    ("Can I do it myself?", "Yes. It takes {n} minutes and you need no tools."),
    ("Is that free?", "It is. You pay nothing for the first {n}."),
    ("And the {thing}?", "The {thing} is fine as it is. Leave it in the {place}."),
    ("Do I need the receipt?", "It helps, but the number of the order is enough."),
    ("What about {town}?", "In {town} it takes a day longer."),
    ("I have already tried that.", "Then something is broken. We send you a new one."),
]
PROSE = [
    "On {day} {name} went to the {place} and looked for the {adjective} {thing}.",
    "The {thing} was {colour} and stood in the {place} for {n} years.",
    "{name} and {name2} met in {town} in {month}. It was {adjective} and they drank {food2}.",
    "A {animal} sat near the {place}. It was {adjective}, and it waited for {n} minutes.",
    "When it rained in {town}, the people stayed in the {place} and read.",
    "If you want to repair a {thing}, you need time, a {adjective} table and good light.",
    "Every {day} the baker in {town} sells {food} and {food2} until {n} in the afternoon.",
    "The letter came in {month}. It said that the {thing} had been sent and that nothing was to be paid.",
    "{name} wrote: I have waited {n} days for the {thing}, and I would like my money back.",
    "There were {n} boxes in the {place}, and in each of them a {colour} {thing}.",
    "Nobody knew why the {adjective} {animal} came back to {town} every {month}.",
    "First open the box. Then take out the {thing}, press the button, and wait until the light is {colour}.",
]


def _slots(random_source: random.Random) -> dict[str, str]:
    def two(words: list[str]) -> list[str]:
        return random_source.sample(words, 2)

    pairs = {
        "name": two(NAMES), "town": two(TOWNS), "day": two(DAYS), "colour": two(COLOURS), "thing": two(THINGS),
        "food": two(FOODS), "adjective": two(ADJECTIVES), "n": two(NUMBERS), "place": two(PLACES), "animal": two(ANIMALS),
        "month": two(MONTHS),
    }  # fmt: skip
    return {key + suffix: word for key, words in pairs.items() for suffix, word in zip(("", "2"), words, strict=True)}


def chat(random_source: random.Random) -> list[Message]:
    """One to three questions about one topic with their answers."""
    slots = _slots(random_source)
    asked, answered = random_source.choice(TOPICS)
    question = random_source.choice(OPENINGS) + random_source.choice(asked) + random_source.choice(ENDINGS)
    sentences = random_source.sample(answered, random_source.choice([1, 1, 2]))
    messages: list[Message] = [
        {"role": "user", "content": question.format(**slots)},
        {"role": "assistant", "content": " ".join(sentences).format(**slots)},
    ]
    for further_question, further_answer in random_source.sample(FOLLOW_UPS, random_source.choice([0, 0, 1, 2])):
        messages.append({"role": "user", "content": further_question.format(**slots)})
        messages.append({"role": "assistant", "content": further_answer.format(**slots)})
    return _with_system(random_source, messages)


def sums(random_source: random.Random) -> list[Message]:
    """A small sum."""
    left, right = random_source.randint(1, 20), random_source.randint(1, 20)
    thing = random_source.choice(THINGS)
    question = random_source.choice([f"What is {left} plus {right}?", f"I have {left} and get {right} more. How many {thing}s are that?"])
    answer = random_source.choice([f"{left + right}.", f"That is {left + right}."])
    return _with_system(random_source, [{"role": "user", "content": question}, {"role": "assistant", "content": answer}])


def tool_call(random_source: random.Random) -> list[Message]:
    """A question that is answered with a tool."""
    slots = _slots(random_source)
    number = f"{random_source.choice('ABCDEFGHKLMNPRSTW')}{random_source.choice('ABCDEFGHKLMNPRSTW')}-{random_source.randint(1000, 9999)}"
    function, arguments, found, question, answer = random_source.choice(
        [
            ("find_parcel", {"order": number}, {"order": number, "state": "sent", "day": slots["day"]},
             f"Where is my order {number}?", f"Order {number} was sent and arrives on {slots['day']}."),
            ("find_parcel", {"order": number}, {"order": number, "state": "packed"},
             f"Has {number} left yet?", f"{number} is packed and leaves today."),
            ("weather", {"town": slots["town"]}, {"town": slots["town"], "sky": slots["adjective"]},
             f"How is the weather in {slots['town']}?", f"In {slots['town']} it is {slots['adjective']} today."),
            ("count_things", {"thing": slots["thing"]}, {"thing": slots["thing"], "count": 4},
             f"How many of the {slots['thing']} are left?", f"There are 4 left of the {slots['thing']}."),
        ]
    )  # fmt: skip
    call = {"type": "function", "function": {"name": function, "arguments": arguments}}
    messages: list[Message] = [
        {"role": "user", "content": random_source.choice(OPENINGS) + question},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": json.dumps(found)},
        {"role": "assistant", "content": answer},
    ]
    return _with_system(random_source, messages)


def prose(random_source: random.Random) -> str:
    """A paragraph."""
    return " ".join(random_source.choice(PROSE).format(**_slots(random_source)) for _ in range(random_source.randint(2, 5)))


def texts(seed: int, render: Callable[[list[Message]], str]) -> Iterator[str]:
    """Endless documents: mostly conversations, rendered by the caller's chat template, some prose."""
    random_source = random.Random(seed)
    while True:
        kind = random_source.random()
        if kind < 0.15:
            yield prose(random_source)
        elif kind < 0.25:
            yield render(sums(random_source))
        elif kind < 0.4:
            yield render(tool_call(random_source))
        else:
            yield render(chat(random_source))


def _with_system(random_source: random.Random, messages: list[Message]) -> list[Message]:
    if random_source.random() < 0.7:
        return [{"role": "system", "content": random_source.choice(SYSTEMS)}, *messages]
    return messages
