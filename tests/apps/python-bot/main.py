import asyncio
import os

import discord

from keep_alive import keep_alive

client = discord.Client(intents=discord.Intents.default())
keep_alive()
if "DISCORD_TOKEN" in os.environ:
    client.run(os.environ["DISCORD_TOKEN"])
else:
    asyncio.run(asyncio.sleep(3600))
